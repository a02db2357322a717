/**
 * The client: calls methods of a contract over a connection that may come and go.
 *
 * A command gets its id here, once, and stays in the outbox until its verdict is in hand; after every reconnect it is
 * sent again, with the same id. So whatever the network does, it is carried out once and its answer arrives.
 */
import {
  ClientService,
  fullJitter,
  type ClientState,
  type RetryPolicy,
} from "@trofie/reactor/client-service";
import type { Clock, Random } from "@trofie/reactor";
import type { Connect } from "./channel.ts";
import { ClientSession, ConnectionLostError, type SessionListener } from "./client-session.ts";
import type { AnswerOf, Contract, InputOf, MethodOfKind, ProgressOf, ResultOf } from "./contract.ts";
import { takeBack } from "./earlier-command.ts";
import { Refusal } from "./errors.ts";
import type { EventRow, SnapshotItem } from "./event-log.ts";
import { parseJob, type Welcome } from "./from-station.ts";
import { Operations, type OperationHandle } from "./operations.ts";
import { Outbox } from "./outbox.ts";
import { forgetfulStore, type OutboxStore, type SavedCommand } from "./outbox-store.ts";
import { Reading } from "./reading.ts";
import { journalInstead, type StationForgot } from "./station-forgot.ts";
import { uuid4, uuid7 } from "./uuid.ts";
import type { Params } from "./json-rpc.ts";
import { messageOf } from "./message-of.ts";
import { openWithinMs, type Prove } from "./opening.ts";

export interface ClientOptions<C extends Contract> {
  readonly contract: C;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  readonly policy?: RetryPolicy;
  /** The program in words, for the station's log: "trofie 0.1.0". */
  readonly agent: string;
  /** What this client shows at the door, or proves there: `proveToken`. Nothing where the door needs none. */
  readonly auth?: Params | Prove;
  readonly want?: { readonly events: boolean; readonly progress: boolean };
  /** UUID of this process or tab; made anew by default. With the same again a late connection of before is sent away. */
  readonly client?: string;
  /** Keeps the commands of this client over its death; by default they end with it. */
  readonly outbox?: OutboxStore;
}

/** What a client tells its user. All optional; each is called with the client's state already up to date. */
export interface ClientListener {
  connectionChanged?(state: ConnectionState): void;
  /** The whole state, in place of all that was heard before. */
  snapshotReceived?(items: readonly SnapshotItem[], seq: number): void;
  eventReceived?(row: EventRow): void;
  progressReceived?(progress: Params): void;
  /**
   * The station does not know what it once told us: it has another journal, or an older copy of its own, or somebody
   * has changed that. What was carried out meanwhile it may not know either: look at the disks. A snapshot follows.
   */
  stationForgot?(how: StationForgot): void;
  /** The station cannot take a call now and says why. The call waits: it is sent again every second until it can. */
  callPostponed?(refusal: Refusal, method: string): void;
  /** A command that an earlier life of this client gave has its verdict now: what it was answered, or refused with. */
  earlierCommandSettled?(command: SavedCommand, verdict: Params | Refusal): void;
}

export type ConnectionState =
  | { readonly kind: "connecting" }
  /** `continues`: what was read so far goes on; otherwise a snapshot comes in place of it. */
  | { readonly kind: "connected"; readonly welcome: Welcome; readonly continues: boolean }
  /** Trying again in `retryInMs`, because of `reason`. */
  | { readonly kind: "waiting"; readonly retryInMs: number; readonly reason: string }
  /** Will not try again, because of `reason`; `code` is the station's, if it refused. */
  | { readonly kind: "stopped"; readonly reason: string; readonly code: string | null };

/** At least every 2 s during the first minute or so, then up to every 5 s. */
export const stationRetries: RetryPolicy = (failures, random) =>
  fullJitter({ initialMs: 200, maxMs: failures <= 60 ? 2_000 : 5_000 })(failures, random);

/**
 * The opening of our own predecessor, which is dead, may reach the station after ours, for as long as a connection may
 * take to open. Whoever is replaced that early comes back; so often, for it may be a twin that does the same.
 */
const comesBackAfterReplaced = 3;

/** A station that says one of these will say it again: there is no use in coming back. */
const finalGoodbyes = new Set(["auth-failed", "version", "replaced", "kicked"]);
const finalRefusals = new Set(["AUTH_FAILED", "VERSION"]);

/** Calls the methods of a contract, and hears what happens, for as long as it is started. */
export class Client<C extends Contract> {
  readonly id: string;
  state: ConnectionState = { kind: "connecting" };
  readonly #options: ClientOptions<C>;
  readonly #listeners = new Set<ClientListener>();
  readonly #service: ClientService<ClientSession>;
  readonly #outbox: Outbox;
  readonly #operations = new Operations();
  readonly #reading = new Reading({
    snapshotRead: (items, seq, because) => {
      if (because === "rolled-back" || because === "rewritten") this.#forgot(because, items);
      for (const item of items) this.#operations.snapshotItem(item);
      this.#tell((listener) => listener.snapshotReceived?.(items, seq));
    },
    eventRead: (row) => {
      this.#operations.event(row);
      this.#tell((listener) => listener.eventReceived?.(row));
    },
    progressRead: (progress) => {
      this.#operations.progress(progress);
      this.#tell((listener) => listener.progressReceived?.(progress));
    },
  });
  #epoch: string | null = null;
  /** The one that is open. */
  #session: ClientSession | null = null;
  #lastReason = "not connected yet";
  #openedMs = 0;
  /** How often we were replaced early, one time after the other. */
  #replacedEarly = 0;
  /** How long the station asked us to stay away. */
  #retryAfterMs = 0;

  constructor(options: ClientOptions<C>) {
    const { clock, random, policy = stationRetries } = options;
    this.#options = options;
    this.id = options.client ?? uuid4(random);
    this.#outbox = new Outbox(clock, options.outbox ?? forgetfulStore, (refusal, method) =>
      this.#tell((listener) => listener.callPostponed?.(refusal, method)),
    );
    this.#service = new ClientService<ClientSession>({
      connect: (signal) => this.#connect(signal),
      closed: (session) => session.closed,
      close: (session) => session.close(),
      policy: (failures, chance) => this.#retryInMs(policy(failures, chance), chance),
      clock,
      random,
      onState: (state) => this.#serviceChanged(state),
    });
  }

  /** Starts connecting, and goes on until `stop`. */
  start(): void {
    this.#service.start();
    void this.#takeUpEarlierCommands();
  }

  /** Closes the connection. Calls that have no answer yet reject; their commands may have been carried out. */
  async stop(): Promise<void> {
    await this.#service.stop();
    this.#end("the client was stopped");
  }

  /** Tries to connect now, as when the machine is told that the network is back. */
  retryNow(): void {
    this.#service.retryNow();
  }

  listen(listener: ClientListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks. Waits for a connection if there is none. Rejects with the station's `Refusal`. */
  async query<N extends MethodOfKind<C, "query">>(
    method: N,
    input: InputOf<C["methods"][N]>,
  ): Promise<AnswerOf<C["methods"][N]>> {
    return (await this.#outbox.add(method, () => ({ ...(input as object) }))) as AnswerOf<C["methods"][N]>;
  }

  /** Has a command carried out exactly once. Rejects with the station's `Refusal`. */
  async command<N extends MethodOfKind<C, "command">>(
    method: N,
    input: InputOf<C["methods"][N]>,
  ): Promise<AnswerOf<C["methods"][N]>> {
    return (await this.#sendCommand(method, input as object)) as AnswerOf<C["methods"][N]>;
  }

  /** Starts a job exactly once, and follows it through every reconnect. */
  operate<N extends MethodOfKind<C, "operation">>(
    method: N,
    input: InputOf<C["methods"][N]>,
  ): OperationHandle<ProgressOf<C["methods"][N]>, ResultOf<C["methods"][N]>> {
    const accepted = this.#sendCommand(method, input as object).then(parseJob);
    return this.#operations.follow(accepted);
  }

  /**
   * Sends a command once more that an earlier life has given, as it was: a station that has had it answers with its
   * verdict, another carries it out. It is sent on the connection that is there, and rejects when that goes.
   */
  async sendAgain({ method, params }: SavedCommand): Promise<Params> {
    if (!this.#session) throw new ConnectionLostError(this.#lastReason);
    return this.#session.request(method, params);
  }

  /**
   * Makes sure that a command of an earlier life is not carried out any more, unless it was: then this gives its answer,
   * or rejects with its `Refusal`; else null. Rejects too when the connection goes.
   */
  takeBack(command: SavedCommand): Promise<Params | null> {
    return takeBack(
      (method, params) => this.sendAgain({ ...command, method, params: params as Params }),
      command,
    );
  }

  /** What an earlier life has sent and nobody has answered is sent again, as it was. Without it there is no going on. */
  async #takeUpEarlierCommands(): Promise<void> {
    let commands: readonly SavedCommand[];
    try {
      commands = (await this.#options.outbox?.load()) ?? [];
    } catch (error) {
      return this.#giveUp(`Cannot read the commands of an earlier life: ${messageOf(error)}`);
    }
    for (const command of commands) {
      const settled = (verdict: Params | Refusal): void =>
        this.#tell((listener) => listener.earlierCommandSettled?.(command, verdict));
      this.#outbox
        .add(command.method, () => command.params, { isOld: true })
        .then(settled, (error: unknown) => {
          if (error instanceof Refusal) settled(error);
        });
    }
  }

  #opened(session: ClientSession, welcome: Welcome): void {
    if (this.state.kind === "stopped") return session.close();
    const isOther = this.#epoch !== null && this.#epoch !== welcome.epoch;
    this.#reading.opened(welcome.epoch);
    this.#openedMs = this.#options.clock.nowMs();
    this.#epoch = welcome.epoch;
    this.#session = session;
    if (isOther) this.#forgot("other-journal", []);
    this.#change({ kind: "connected", welcome, continues: this.#reading.place !== null });
    this.#outbox.connected((method, params) => session.request(method, params));
    void session.closed.then((reason) => this.#lost(session, reason));
  }

  /** Jobs that it does not know any more come to no end that we could hear of. */
  #forgot(how: StationForgot, items: readonly SnapshotItem[]): void {
    this.#operations.endAllBut(items, `the station has ${journalInstead[how]}; look at the disk`);
    this.#tell((listener) => listener.stationForgot?.(how));
  }

  async #connect(signal: AbortSignal): Promise<ClientSession> {
    const { connect, clock, agent, auth = {}, want = { events: true, progress: true } } = this.#options;
    const offer = { client: this.id, agent, auth, want, resume: this.#reading.place };
    const listener: SessionListener = {
      sessionOpened: (session, welcome) => this.#opened(session, welcome),
      notified: (notification) => this.#reading.take(notification),
    };
    return new ClientSession(clock, listener, offer).open(connect, signal);
  }

  async #sendCommand(method: string, input: object): Promise<Params> {
    const cmd = uuid7(this.#options.clock, this.#options.random);
    let epoch = this.#epoch;
    const answer = await this.#outbox.add(method, () => ({ ...input, cmd, epoch: (epoch ??= this.#epoch) }));
    const { replayed: _, ...rest } = answer;
    return rest;
  }

  #lost(session: ClientSession, reason: string): void {
    if (this.#session === session) this.#session = null;
    this.#outbox.disconnected();
    this.#lastReason = whyLost(session, reason);
    this.#retryAfterMs = session.retryAfterMs;
    if (!this.#hasJustOpened()) this.#replacedEarly = 0;
    if (!finalGoodbyes.has(session.goodbyeReason ?? "")) return;
    if (session.goodbyeReason !== "replaced" || !this.#comesBackReplaced())
      this.#giveUp(`the station said: ${session.goodbyeReason}`);
  }

  #comesBackReplaced(): boolean {
    if (!this.#hasJustOpened()) return false;
    this.#replacedEarly += 1;
    return this.#replacedEarly <= comesBackAfterReplaced;
  }

  #hasJustOpened(): boolean {
    return this.#options.clock.nowMs() - this.#openedMs <= openWithinMs;
  }

  /** Once: a station that is asked for again may not be there to say it again. Not all who were told come together. */
  #retryInMs(ownMs: number, random: Random): number {
    const askedMs = this.#retryAfterMs;
    this.#retryAfterMs = 0;
    return askedMs === 0 ? ownMs : askedMs * (1 + random.number() / 2);
  }

  #serviceChanged({ state, retryInMs = 0, lastError }: ClientState): void {
    if (state === "connecting") this.#change({ kind: "connecting" });
    if (state === "waiting") this.#waiting(retryInMs, lastError);
  }

  #waiting(retryInMs: number, error: unknown): void {
    if (error instanceof Refusal && finalRefusals.has(error.code))
      return this.#giveUp(error.message, error.code);
    const reason = error instanceof Error ? error.message : this.#lastReason;
    this.#change({ kind: "waiting", retryInMs, reason });
  }

  #giveUp(reason: string, code: string | null = null): void {
    void this.#service.stop();
    this.#end(reason, code);
  }

  #end(reason: string, code: string | null = null): void {
    if (this.state.kind === "stopped") return;
    this.#outbox.end(reason);
    this.#operations.end(reason);
    this.#change({ kind: "stopped", reason, code });
  }

  #change(state: ConnectionState): void {
    this.state = state;
    this.#tell((listener) => listener.connectionChanged?.(state));
  }

  /** A listener that throws keeps nothing from the others: the first mistake is thrown when all have heard. */
  #tell(say: (listener: ClientListener) => void): void {
    const mistakes: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        say(listener);
      } catch (error) {
        mistakes.push(error);
      }
    }
    if (mistakes.length > 0) throw mistakes[0];
  }
}

/** What the station has said, or that it says nothing, tells more than that the connection ended. */
function whyLost({ wasSilent, goodbyeReason }: ClientSession, reason: string): string {
  if (wasSilent) return "the station has fallen silent";
  const hasEnded = goodbyeReason === "closing" || goodbyeReason === "restarting";
  return hasEnded ? "the station has ended" : reason;
}
