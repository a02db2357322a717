/** One connection at the client: waits for the greeting, opens the session, pairs answers with requests. */
import type { Clock } from "@trofie/reactor";
import { maxBytesAfterOpen, type Channel, type Connect, type Receiver } from "./channel.ts";
import { ProtocolError, Refusal } from "./errors.ts";
import { parseGoodbye, parseWelcome, type Welcome } from "./from-station.ts";
import { Heartbeat } from "./heartbeat.ts";
import {
  encodeNotification,
  encodeRequest,
  parseMessage,
  refusalOf,
  type AnswerMessage,
  type NotificationMessage,
  type RequestId,
  type Params,
  isLonger,
} from "./json-rpc.ts";
import { messageOf } from "./message-of.ts";
import {
  noncePattern,
  openWithinMs,
  protocolVersion,
  type Opening,
  type Proof,
  type Prove,
} from "./opening.ts";

/** What a session tells its client, the moment it arrives. */
export interface SessionListener {
  sessionOpened(session: ClientSession, welcome: Welcome): void;
  /** The station said something of its own accord. */
  notified(notification: NotificationMessage): void;
}

/** What is said in `session.open`, but for the version; `auth` may wait for the greeting. */
export type Offer = Omit<Opening, "proto" | "auth"> & { readonly auth: Params | Prove };

/** The connection ended before the answer came; what was asked may or may not have been done. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

type Answered = (answer: AnswerMessage) => void;

/** A connection of a client, from its opening to its end. Another connection is another session. */
export class ClientSession implements Receiver {
  /** The reason of the station's goodbye, if it said one. */
  goodbyeReason: string | null = null;
  /** How long it asked us to stay away. */
  retryAfterMs = 0;
  /** Nothing was heard for too long, so we ended it. */
  wasSilent = false;
  readonly #clock: Clock;
  readonly #listener: SessionListener;
  readonly #offer: Offer;
  readonly #waiting = new Map<RequestId, { answered: Answered; lost: (reason: string) => void }>();
  readonly #opened = Promise.withResolvers<void>();
  #channel!: Channel;
  #heartbeat!: Heartbeat;
  #lastId = 0;
  #isGreeted = false;
  #isOpen = false;

  constructor(clock: Clock, listener: SessionListener, offer: Offer) {
    this.#clock = clock;
    this.#listener = listener;
    this.#offer = offer;
  }

  /** Resolves when the station has let us in. Rejects with its `Refusal`, or with what kept us from asking. */
  async open(connect: Connect, signal: AbortSignal): Promise<this> {
    const late = new AbortController();
    using _ = this.#clock.callLater(openWithinMs, () =>
      late.abort(new ConnectionLostError("Cannot open the session: no answer in ten seconds")),
    );
    const channel = await this.#connect(connect, signal, late);
    late.signal.addEventListener("abort", () => channel.abort(), { once: true });
    try {
      await this.#opened.promise;
    } catch (error) {
      channel.close();
      throw error;
    }
    return this;
  }

  /** Given up by the signal, or when it is late. (Why not `AbortSignal.any`: see the reactor's `Attempt`.) */
  async #connect(connect: Connect, signal: AbortSignal, late: AbortController): Promise<Channel> {
    const giveUp = (): void => late.abort(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    try {
      return await connect(this, late.signal);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  get closed(): Promise<string> {
    return this.#channel.closed;
  }

  close(): void {
    this.#channel.close();
  }

  /** Resolves with the result, rejects with the station's `Refusal` or a `ConnectionLostError`. */
  request(method: string, params: object): Promise<Params> {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      const text = sendable(id, method, params);
      this.#waiting.set(id, {
        answered: (answer) => ("error" in answer ? reject(refusalOf(answer.error)) : resolve(answer.result)),
        lost: (reason) => reject(new ConnectionLostError(reason)),
      });
      this.#channel.send(text);
    });
  }

  channelOpened(channel: Channel): void {
    this.#channel = channel;
    this.#heartbeat = new Heartbeat(this.#clock, {
      ping: () => channel.send(encodeNotification("ping", {})),
      dead: () => {
        this.wasSilent = true;
        channel.abort();
      },
    });
  }

  bytesReceived(): void {
    this.#heartbeat.received();
  }

  messageReceived(text: string): void {
    this.#heartbeat.received();
    try {
      this.#take(text);
    } catch (error) {
      this.#channel.abort();
      // Whatever else was thrown is a mistake of ours or of a listener: let it be seen.
      if (!(error instanceof ProtocolError) && !(error instanceof Refusal)) throw error;
    }
  }

  undecodableReceived(): void {
    this.#channel.abort();
  }

  tooLongReceived(): void {
    this.#channel.abort();
  }

  channelDrained(): void {}

  channelLost(reason: string): void {
    this.#heartbeat.stop();
    this.#opened.reject(new ConnectionLostError(reason));
    for (const { lost } of this.#waiting.values()) lost(reason);
    this.#waiting.clear();
  }

  #take(text: string): void {
    const message = parseMessage(text);
    if (message.kind === "notification") return this.#notified(message);
    if (message.kind === "request" || message.id === null)
      throw new ProtocolError("Cannot take the message: it is no answer");
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    waiting?.answered(message);
  }

  #notified(notification: NotificationMessage): void {
    switch (notification.method) {
      case "station.greet":
        return this.#greeted(notification.params);
      case "ping":
        return this.#channel.send(encodeNotification("pong", {}));
      case "goodbye":
        return this.#goodbye(notification.params);
      default:
        // Whoever is there may not have proved yet to be our station.
        if (this.#isOpen) this.#listener.notified(notification);
        return;
    }
  }

  #goodbye(params: Params): void {
    const { reason, retryAfterMs } = parseGoodbye(params);
    this.goodbyeReason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  /** The answer is taken the moment it arrives, so that the events behind it find the session open. */
  #greeted({ nonce }: Params): void {
    if (this.#isGreeted) throw new ProtocolError("Cannot take the greeting: there was one");
    this.#isGreeted = true;
    const proof = proofFor(this.#offer.auth, nonce);
    if (proof === null) return this.#distrust();
    const id = (this.#lastId += 1);
    this.#waiting.set(id, {
      answered: (answer) => {
        if ("error" in answer) return this.#opened.reject(refusalOf(answer.error));
        if (proof.answer !== null && answer.result.proof !== proof.answer) return this.#distrust();
        const welcome = parseWelcome(answer.result);
        this.#isOpen = true;
        this.#listener.sessionOpened(this, welcome);
        this.#opened.resolve();
      },
      lost: () => {},
    });
    const { auth } = proof;
    this.#channel.send(encodeRequest(id, "session.open", { proto: [protocolVersion], ...this.#offer, auth }));
  }

  /** Whoever this is has not the secret that our station has: it gets no command, and is not asked again. */
  #distrust(): void {
    this.#opened.reject(
      new Refusal(
        "AUTH_FAILED",
        "Cannot open the session: whoever listens there does not prove to be the station whose token this is",
      ),
    );
    this.#channel.abort();
  }
}

/** What is shown for a greeting, and what must be answered to it; null when the greeting asks for no proof. */
function proofFor(auth: Params | Prove, nonce: unknown): Proof | { auth: Params; answer: null } | null {
  if (typeof auth !== "function") return { auth, answer: null };
  return typeof nonce === "string" && noncePattern.test(nonce) ? auth(nonce) : null;
}

/**
 * Throws a `Refusal` for a request that no station takes: it would end the connection, without a word of which one it was,
 * and be sent again on the next.
 */
function sendable(id: RequestId, method: string, params: object): string {
  const text = asJson(id, method, params);
  parseMessage(text);
  if (!isLonger(text, maxBytesAfterOpen)) return text;
  throw unsendable(method, `it is longer than the ${maxBytesAfterOpen} bytes that a station reads`);
}

function asJson(id: RequestId, method: string, params: object): string {
  try {
    return encodeRequest(id, method, params);
  } catch (error) {
    throw unsendable(method, messageOf(error));
  }
}

function unsendable(method: string, why: string): Refusal {
  return new Refusal("INVALID_PARAMS", `Cannot send ${method}: ${why}`);
}
