/** One connection at the client: waits for the greeting, opens the session, pairs answers with requests. */
import type { Clock } from "@trofie/reactor";
import type { Channel, Connect, Receiver } from "./channel.ts";
import { Refusal } from "./errors.ts";
import type { EventRow, SnapshotItem } from "./event-log.ts";
import type { ReadingPlace } from "./event-pump.ts";
import { Heartbeat } from "./heartbeat.ts";
import {
  encodeNotification,
  encodeRequest,
  parseMessage,
  refusalOf,
  type AnswerMessage,
  type NotificationMessage,
  type RequestId,
} from "./json-rpc.ts";
import { openedVersion } from "./opening.ts";

const openWithinMs = 10_000;

/** What the station said when it let us in. */
export interface Welcome {
  readonly station: string;
  readonly role: string;
  readonly epoch: string;
  readonly seq: number;
}

/** What arrives of its own accord, in the order in which it was sent. */
export interface SessionNews {
  sessionOpened(session: ClientSession, welcome: Welcome): void;
  snapshotBegun(): void;
  snapshotItem(item: SnapshotItem): void;
  snapshotEnded(seq: number): void;
  sessionEvent(row: EventRow): void;
  sessionProgress(progress: Readonly<Record<string, unknown>>): void;
}

export interface OpeningOffer {
  readonly client: string;
  readonly agent: string;
  readonly auth: Readonly<Record<string, unknown>>;
  readonly want: { readonly events: boolean; readonly progress: boolean };
  readonly resume: ReadingPlace | null;
}

/** The connection ended before the answer came; what was asked may or may not have been done. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

type Answered = (answer: AnswerMessage) => void;

export class ClientSession implements Receiver {
  /** The reason of the station's goodbye, if it said one. */
  goodbyeReason: string | null = null;
  readonly #clock: Clock;
  readonly #news: SessionNews;
  readonly #offer: OpeningOffer;
  readonly #waiting = new Map<RequestId, { answered: Answered; lost: (reason: string) => void }>();
  readonly #opened = Promise.withResolvers<void>();
  #channel!: Channel;
  #heartbeat!: Heartbeat;
  #lastId = 0;

  constructor(clock: Clock, news: SessionNews, offer: OpeningOffer) {
    this.#clock = clock;
    this.#news = news;
    this.#offer = offer;
  }

  /** Resolves when the station has let us in. Rejects with its `Refusal`, or with what kept us from asking. */
  async open(connect: Connect, signal: AbortSignal): Promise<this> {
    const late = new AbortController();
    using _ = this.#clock.callLater(openWithinMs, () =>
      late.abort(new ConnectionLostError("no answer in ten seconds")),
    );
    const channel = await connect(this, AbortSignal.any([signal, late.signal]));
    late.signal.addEventListener("abort", () => channel.abort(), { once: true });
    await this.#opened.promise;
    return this;
  }

  get closed(): Promise<string> {
    return this.#channel.closed;
  }

  close(): void {
    this.#channel.close();
  }

  /** Resolves with the result, rejects with the station's `Refusal` or a `ConnectionLostError`. */
  request(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        answered: (answer) => ("error" in answer ? reject(refusalOf(answer.error)) : resolve(answer.result)),
        lost: (reason) => reject(new ConnectionLostError(reason)),
      });
      this.#channel.send(encodeRequest(id, method, params));
    });
  }

  channelOpened(channel: Channel): void {
    this.#channel = channel;
    this.#heartbeat = new Heartbeat(this.#clock, {
      ping: () => channel.send(encodeNotification("ping", {})),
      dead: () => channel.abort(),
    });
  }

  messageReceived(text: string): void {
    this.#heartbeat.received();
    try {
      this.#take(text);
    } catch {
      // The station does not keep to the protocol: what it says next cannot be trusted either.
      this.#channel.abort();
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
      throw new Refusal("INVALID_REQUEST", "not an answer");
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    waiting?.answered(message);
  }

  #notified({ method, params }: NotificationMessage): void {
    switch (method) {
      case "station.greet":
        return this.#greeted();
      case "ping":
        return this.#channel.send(encodeNotification("pong", {}));
      case "goodbye":
        this.goodbyeReason = String(params.reason);
        return;
      case "snapshot.begin":
        return this.#news.snapshotBegun();
      case "snapshot.item":
        return this.#news.snapshotItem(params as unknown as SnapshotItem);
      case "snapshot.end":
        return this.#news.snapshotEnded(Number(params.seq));
      case "event":
        return this.#news.sessionEvent(params as unknown as EventRow);
      case "progress":
        return this.#news.sessionProgress(params);
    }
  }

  /** The answer is taken the moment it arrives, so that the events behind it find the session open. */
  #greeted(): void {
    const id = (this.#lastId += 1);
    this.#waiting.set(id, {
      answered: (answer) => {
        if ("error" in answer) return this.#opened.reject(refusalOf(answer.error));
        this.#news.sessionOpened(this, answer.result as unknown as Welcome);
        this.#opened.resolve();
      },
      lost: () => {},
    });
    this.#channel.send(encodeRequest(id, "session.open", { proto: [openedVersion], ...this.#offer }));
  }
}
