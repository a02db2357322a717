/** One connection at the station: greeting, opening, requests in order, events. `docs/protocol.md` has the whole. */
import type { Clock } from "@trofie/reactor";
import {
  highWaterBytes,
  lowWaterBytes,
  maxBytesBeforeOpen,
  maxBytesFromStation,
  type Channel,
  type Receiver,
} from "./channel.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { Refusal, StoreBroken, type ErrorCode } from "./errors.ts";
import { EventPump } from "./event-pump.ts";
import type { EventReader } from "./event-reader.ts";
import type { Caller } from "./handlers.ts";
import { deadMs, Heartbeat, pingMs } from "./heartbeat.ts";
import {
  encodeError,
  encodeNotification,
  encodeResult,
  errorBody,
  parseMessage,
  type Message,
  type RequestMessage,
  type Params,
  isLonger,
} from "./json-rpc.ts";
import { openWithinMs, parseOpening, protocolVersion, type Opening } from "./opening.ts";

const maxBadMessages = 3;

/** A way in, for one connection. */
export interface Door {
  /** As the greeting names it: "unix", "token" or "cookie". */
  readonly name: string;
  /** Random and for this connection alone: what is shown must be made of it. None where no secret is to be proved. */
  readonly nonce?: string;
  /** How many may stand in this door at once who have not opened; more are sent away. No bound where it is not given. */
  readonly mostUnopened?: number;
  /** Says who is at the other end, from what they showed in `session.open`; null when that is not enough. */
  readonly authenticate: (auth: Params) => Admitted | null;
}

/** Who was let in, and what proves to them that this is the station. */
export interface Admitted extends Caller {
  readonly proof?: string;
}

/** A client that has read what this journal does not have. */
export interface Doubt {
  readonly how: "rolled-back" | "rewritten";
  readonly client: string;
  readonly agent: string;
  /** Up to where it has read. */
  readonly since: number;
}

/** Why a station ends a connection. After `auth-failed`, `version`, `replaced` and `kicked` there is no use in coming back. */
export type GoodbyeReason =
  | "closing"
  | "restarting"
  | "replaced"
  | "kicked"
  | "auth-failed"
  | "auth-timeout"
  | "protocol"
  | "line-too-long"
  | "idle"
  | "slow"
  | "rate"
  | "version";

/** When to come back, where that is better than to try at once. */
const retryAfterMs: Readonly<Partial<Record<GoodbyeReason, number>>> = {
  restarting: 500,
  slow: 1_000,
  rate: 1_000,
};

/** How long a goodbye may take to leave; then the connection is cut, whatever the peer does. */
const goodbyeWithinMs = 2_000;

/** A watcher that has taken nothing for that long is sent away; it resumes where it was when it comes back. */
const stalledAfterMs = 30_000;

export interface ServerSessionOptions {
  readonly station: string;
  readonly events: EventReader;
  readonly codes: Readonly<Record<string, ErrorCode>>;
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
  readonly door: Door;
  /** Told when a client has opened, before its answer: an older connection of the same client ends now. */
  readonly opened: (session: ServerSession) => void;
  /** As of `CommandServerOptions`. */
  readonly onInternalError: (error: unknown, method: string) => void;
  readonly doubted?: (doubt: Doubt) => void;
  readonly notAdmitted?: (door: string, agent: string) => void;
  readonly lost: (session: ServerSession) => void;
}

/** A connection at the station, from its greeting to its end. */
export class ServerSession implements Receiver {
  client: string | null = null;
  /** There are too many in its door: it is told so in place of the greeting. */
  isOneTooMany = false;
  readonly #options: ServerSessionOptions;
  #channel!: Channel;
  #heartbeat!: Heartbeat;
  #caller: Caller | null = null;
  #pump: EventPump | null = null;
  #wantsProgress = false;
  #badMessages = 0;
  /** When the peer last had taken what it was sent, or some of it. */
  #takingMs = 0;
  /** At the ping before. */
  #bufferedBytes = 0;
  /** Settles when the peer has taken what it was sent; undefined when nobody waits for that. */
  #taken: PromiseWithResolvers<void> | undefined;
  #ended = false;

  constructor(options: ServerSessionOptions) {
    this.#options = options;
  }

  channelOpened(channel: Channel): void {
    const { clock, station, door } = this.#options;
    this.#channel = channel;
    const deadline = clock.callLater(openWithinMs, () => this.#caller ?? this.goodbye("auth-timeout"));
    void channel.closed.then(() => deadline.cancel());
    this.#takingMs = clock.nowMs();
    this.#heartbeat = new Heartbeat(clock, {
      ping: () => this.#ping(),
      dead: () => this.goodbye("idle"),
    });
    if (this.isOneTooMany) return this.goodbye("rate");
    const { name, nonce } = door;
    channel.send(
      encodeNotification("station.greet", { proto: [protocolVersion], station, auth: [name], nonce }),
    );
  }

  bytesReceived(): void {
    this.#heartbeat.received();
  }

  messageReceived(text: string): void | Promise<void> {
    if (this.#ended) return;
    this.#heartbeat.received();
    if (this.#caller === null && isLonger(text, maxBytesBeforeOpen)) return this.goodbye("line-too-long");
    let message: Message;
    try {
      message = parseMessage(text);
    } catch (error) {
      return this.#badMessage(error as Refusal);
    }
    if (message.kind === "request") return this.#heartbeat.notReadingDuring(this.#request(message));
    if (message.kind === "notification" && message.method === "ping") return this.#pong();
  }

  undecodableReceived(): void {
    this.#badMessage(new Refusal("PARSE_ERROR", "Cannot read the message: it is not UTF-8"));
  }

  tooLongReceived(): void {
    this.goodbye("line-too-long");
  }

  channelDrained(): void {
    this.#takingMs = this.#options.clock.nowMs();
    this.#taken?.resolve();
    this.eventsCommitted();
  }

  channelLost(): void {
    this.#ended = true;
    this.#taken?.resolve();
    this.#heartbeat.stop();
    this.#options.lost(this);
  }

  /** Whose it is; null while it has not opened. */
  get principal(): string | null {
    return this.#caller?.principal ?? null;
  }

  /** As which door's it counts while it has not opened; null when it has, or has ended. */
  get standsInDoor(): string | null {
    return this.#caller === null && !this.#ended ? this.#options.door.name : null;
  }

  /** Something was committed: send it. */
  eventsCommitted(): void {
    if (!this.#ended) this.#orAbort(() => this.#pump?.pump());
  }

  /** `message`: the notification as it is sent. */
  progress(job: string, message: string): void {
    if (!this.#ended && this.#wantsProgress) this.#orAbort(() => this.#pump?.progress(job, message));
  }

  /** Says why and closes. Nothing that arrives afterwards is read. */
  goodbye(reason: GoodbyeReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#taken?.resolve();
    this.#heartbeat.stop();
    const { clock } = this.#options;
    this.#channel.send(encodeNotification("goodbye", { reason, retryAfterMs: retryAfterMs[reason] }));
    this.#channel.close();
    const deadline = clock.callLater(goodbyeWithinMs, () => this.#channel.abort());
    void this.#channel.closed.then(() => deadline.cancel());
  }

  /** A watcher for whom the journal cannot be read is cut: what it missed it reads when it comes back. */
  #orAbort(send: () => void): void {
    try {
      send();
    } catch (error) {
      this.#options.onInternalError(error, "events");
      this.#channel.abort();
    }
  }

  #ping(): void {
    const { clock } = this.#options;
    const { bufferedBytes } = this.#channel;
    if (bufferedBytes <= lowWaterBytes || bufferedBytes < this.#bufferedBytes) this.#takingMs = clock.nowMs();
    this.#bufferedBytes = bufferedBytes;
    if (clock.nowMs() - this.#takingMs > stalledAfterMs) return this.goodbye("slow");
    this.#channel.send(encodeNotification("ping", {}));
  }

  #pong(): void | Promise<void> {
    this.#channel.send(encodeNotification("pong", {}));
    const taken = this.#untilTaken();
    if (taken) return this.#heartbeat.notReadingDuring(taken);
  }

  /** Who does not take what it is answered is not read either, so that no more waits here than one message makes. */
  #untilTaken(): Promise<void> | undefined {
    if (this.#ended || this.#channel.bufferedBytes <= highWaterBytes) return undefined;
    this.#taken = Promise.withResolvers();
    return this.#taken.promise;
  }

  #badMessage(refusal: Refusal): void {
    this.#channel.send(encodeError(null, this.#errorBody(refusal)));
    this.#badMessages += 1;
    if (this.#caller === null || this.#badMessages >= maxBadMessages) this.goodbye("protocol");
  }

  async #request({ id, method, params }: RequestMessage): Promise<void> {
    try {
      if (method === "session.open") return this.#open(id, params);
      if (this.#caller === null)
        throw new Refusal("NOT_OPEN", `Cannot call ${method}: the session is not open yet`);
      const { answer, start } = await this.#options.dispatcher.call(method, params, this.#caller);
      const text = this.#result(id, method, answer);
      if (!this.#ended) this.#channel.send(text);
      this.#start(method, start);
    } catch (error) {
      if (error instanceof StoreBroken) return this.#channel.abort();
      if (!this.#ended) this.#channel.send(encodeError(id, this.#errorBody(error as Refusal)));
      if (this.#caller === null) this.goodbye("protocol");
    }
    await this.#untilTaken();
  }

  /** Throws a `Refusal` in the place of an answer that no client takes: that one would ask again and again. */
  #result(id: number | string, method: string, answer: Params): string {
    const text = encodeResult(id, answer);
    if (!isLonger(text, maxBytesFromStation)) return text;
    const refusal = new Refusal(
      "INTERNAL",
      `Cannot answer ${method}: the answer is longer than a client takes`,
    );
    this.#options.onInternalError(refusal, method);
    throw refusal;
  }

  /** The answer is on its way: what goes wrong now is no other answer. */
  #start(method: string, start: (() => void) | undefined): void {
    try {
      start?.();
    } catch (error) {
      this.#options.onInternalError(error, method);
    }
  }

  #open(id: number | string, params: Params): void {
    if (this.#caller !== null)
      throw new Refusal("INVALID_REQUEST", "Cannot open the session: it is open already");
    const opening = parseOpening(params);
    if (!opening.proto.includes(protocolVersion))
      return this.#refuseOpening(id, "version", noCommonVersion());
    const { door, notAdmitted } = this.#options;
    const caller = door.authenticate(opening.auth);
    if (caller) return this.#welcome(id, opening, caller);
    notAdmitted?.(door.name, opening.agent);
    this.#refuseOpening(id, "auth-failed", authFailed());
  }

  #welcome(id: number | string, opening: Opening, { proof, ...caller }: Admitted): void {
    const { clock, events, station } = this.#options;
    const { log } = events;
    this.client = opening.client;
    this.#caller = caller;
    this.#options.opened(this);
    this.#channel.send(
      encodeResult(id, {
        proto: protocolVersion,
        station,
        role: caller.role,
        epoch: log.epoch,
        firstSeq: log.firstSeq,
        seq: log.lastSeq,
        head: log.head,
        pingMs,
        deadMs,
        features: [],
        wallMs: clock.wallMs(),
        proof,
      }),
    );
    this.#wantsProgress = opening.want.progress;
    if (!opening.want.events) return;
    this.#pump = new EventPump(this.#channel, events, opening.resume);
    this.#pump.pump();
    const { because } = this.#pump;
    if (because === "rolled-back" || because === "rewritten") this.#doubt(because, opening);
  }

  #doubt(how: Doubt["how"], { client, agent, resume }: Opening): void {
    this.#options.doubted?.({ how, client, agent, since: resume!.since });
  }

  #refuseOpening(id: number | string, reason: GoodbyeReason, refusal: Refusal): void {
    this.#channel.send(encodeError(id, this.#errorBody(refusal)));
    this.goodbye(reason);
  }

  #errorBody(refusal: Refusal): ReturnType<typeof errorBody> {
    return errorBody(refusal, this.#options.codes, { recorded: refusal.details.recorded === true });
  }
}

function noCommonVersion(): Refusal {
  return new Refusal("VERSION", `Cannot open the session: this station speaks version ${protocolVersion}`, {
    proto: [protocolVersion],
  });
}

function authFailed(): Refusal {
  return new Refusal("AUTH_FAILED", "Cannot open the session: the token is missing or wrong");
}
