/**
 * Carries out methods: the checks of the contract, and for commands exactly once.
 *
 * Invariant: a command takes effect only in the transaction that stores its verdict. The same command again gets the
 * stored verdict, whatever has changed since; the same id with other content is refused and does nothing.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Clock } from "@trofie/reactor";
import { mayActAs, type Contract, type Method } from "./contract.ts";
import { takenBack } from "./earlier-command.ts";
import { Refusal, StoreBroken, type ErrorCode } from "./errors.ts";
import type { CommandRecord, VerdictStore } from "./event-log.ts";
import type { Caller, Decision } from "./handlers.ts";
import type { Params } from "./json-rpc.ts";
import { isUuid } from "./uuid.ts";

export interface DispatcherOptions {
  readonly contract: Contract;
  /** As `Handlers` of the contract; each is called only with input that its method's schema has let through. */
  readonly handlers: object;
  readonly codes: Readonly<Record<string, ErrorCode>>;
  readonly verdicts: VerdictStore;
  readonly clock: Clock;
  readonly epoch: string;
  /** A digest of the method and its parameters, equal exactly for equal content. */
  readonly digest: (method: string, params: unknown) => string;
  /** Told of every error that crosses as `INTERNAL`. */
  readonly onInternalError: (error: unknown, method: string) => void;
}

/** Looking at what a command is about may take so long: a disk that spins up first takes ten seconds. */
const decideWithinMs = 20_000;

/** How many commands may wait for their turn, of all clients together. */
const mostWaiting = 64;

type AnyHandler = (input: unknown, caller: Caller) => unknown;

/** An answer, and what to do once it is on its way. */
interface Outcome {
  readonly answer: Params;
  readonly start?: () => void;
}

/** Carries out the methods of a contract for whoever may call them. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** Commands are decided one at a time for the whole station, so that no two decide on the same state. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;
  #broken: StoreBroken | null = null;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * Answers a request. Throws a `Refusal`, or a `StoreBroken` when nobody knows what became of a command: then it must
   * not be answered, and neither must any after it.
   */
  async call(name: string, params: Params, caller: Caller): Promise<Outcome> {
    try {
      const method = this.#method(name);
      if (method.kind === "query") return { answer: await this.#query(name, method, params, caller) };
      return await this.#inTurn(() => this.#command(name, method, params, caller));
    } catch (error) {
      throw error instanceof StoreBroken ? this.#breaks(error, name) : this.#asRefusal(error, name);
    }
  }

  /** Refuses every command from now on, those that wait included. */
  close(): void {
    this.#isClosed = true;
  }

  #method(name: string): Method {
    const { methods } = this.#options.contract;
    if (!Object.hasOwn(methods, name))
      throw new Refusal("UNKNOWN_METHOD", `Cannot call ${name}: no such method`);
    return methods[name]!;
  }

  async #query(name: string, method: Method, params: Params, caller: Caller): Promise<Params> {
    const input = check(method.input, params);
    allow(method, name, caller);
    return (await this.#handler(name)(input, caller)) as Params;
  }

  async #command(name: string, method: Method, params: Params, caller: Caller): Promise<Outcome> {
    if (this.#isClosed) throw new Refusal("SHUTTING_DOWN", `Cannot carry out ${name}: the station is ending`);
    const { cmd, epoch, ...rest } = params;
    if (!isUuid(cmd, "7")) throw invalid("cmd is not a UUID of version 7");
    if (typeof epoch !== "string") throw invalid("epoch is not a string");
    const input = check(method.input, rest);
    allow(method, name, caller);
    const digest = this.#options.digest(name, { epoch, ...rest });
    const stored = this.#options.verdicts.find(cmd);
    if (stored) return { answer: replay(stored, digest, caller) };
    const record = { cmd, digest, principal: caller.principal, method: name };
    if (this.#broken) throw this.#broken;
    try {
      if (epoch !== this.#options.epoch) throw notOurs(epoch);
      return this.#accept(record, await this.#decision(name, input, caller));
    } catch (error) {
      if (error instanceof StoreBroken) throw error;
      throw this.#reject(record, this.#asRefusal(error, name));
    }
  }

  /** Nothing has happened before a decision is recorded: one that comes too late is dropped, and the others have their turn. */
  async #decision(name: string, input: unknown, caller: Caller): Promise<Decision<Params>> {
    const late = Promise.withResolvers<never>();
    using _ = this.#options.clock.callLater(decideWithinMs, () => late.reject(undecided(name)));
    const decision = this.#handler(name)(input, caller) as Promise<Decision<Params>> | Decision<Params>;
    return await Promise.race([decision, late.promise]);
  }

  #breaks(error: StoreBroken, name: string): StoreBroken {
    if (!this.#broken) this.#options.onInternalError(error, name);
    return (this.#broken ??= error);
  }

  #accept(command: CommandRecord, { record, start }: Decision<Params>): Outcome {
    let answer: Params = {};
    this.#options.verdicts.save(command, () => ({ result: (answer = record()) }));
    return { answer, start: () => start?.(answer) };
  }

  /** Records the refusal, so that a late copy of the command cannot be accepted when the world has changed. */
  #reject(command: CommandRecord, refusal: Refusal): Refusal {
    if (!this.#options.codes[refusal.code]?.final) return refusal;
    const { code, message, details } = refusal;
    this.#options.verdicts.save(command, () => ({ refused: { code, message, details } }));
    return new Refusal(code, message, { ...details, recorded: true });
  }

  #handler(name: string): AnyHandler {
    return (this.#options.handlers as Readonly<Record<string, AnyHandler>>)[name]!;
  }

  #asRefusal(error: unknown, name: string): Refusal {
    if (error instanceof Refusal && this.#options.codes[error.code]) return error;
    this.#options.onInternalError(error, name);
    return new Refusal("INTERNAL", `Cannot carry out ${name}: the station made a mistake, see its log`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= mostWaiting)
      throw new Refusal(
        "OVERLOADED",
        `Cannot take the command now: ${mostWaiting} others wait to be decided`,
      );
    this.#waiting += 1;
    const result = this.#turn.then(work).finally(() => (this.#waiting -= 1));
    this.#turn = result.catch(() => {});
    return result;
  }
}

function allow(method: Method, name: string, caller: Caller): void {
  if (mayActAs(caller.role, method.role)) return;
  throw new Refusal(
    "DENIED",
    `Cannot call ${name}: it needs the role ${method.role}, you have ${caller.role}`,
  );
}

function replay(
  stored: NonNullable<ReturnType<VerdictStore["find"]>>,
  digest: string,
  caller: Caller,
): Params {
  if (stored.digest !== digest || stored.principal !== caller.principal)
    throw new Refusal(
      "COMMAND_ID_REUSED",
      `Cannot take command ${stored.cmd}: its id was used for another command`,
    );
  if ("result" in stored.verdict) return { ...stored.verdict.result, replayed: true };
  const { code, message, details } = stored.verdict.refused;
  throw new Refusal(code, message, { ...details, recorded: true, replayed: true });
}

function undecided(name: string): Refusal {
  const seconds = decideWithinMs / 1000;
  return new Refusal(
    "UNAVAILABLE",
    `Cannot decide on ${name} now: what it is about has not answered for ${seconds} s`,
  );
}

function notOurs(epoch: string): Refusal {
  const state =
    epoch === takenBack
      ? "whoever gave it has taken it back"
      : "the station has another journal than the one it was meant for; look at the disk";
  return new Refusal("EPOCH_CHANGED", `Cannot carry out the command: ${state}`);
}

/** Checks a value against its schema. Throws a `Refusal` that names each field and what is wrong with it. */
function check(schema: StandardSchemaV1, value: unknown): unknown {
  const checked = schema["~standard"].validate(value);
  if (checked instanceof Promise)
    throw new TypeError("Cannot check the parameters: the schema is asynchronous");
  if (!checked.issues) return checked.value;
  const issues = checked.issues.map(({ path, message }) => {
    const where = (path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return where === "" ? message : `${where}: ${message}`;
  });
  throw invalid(issues.join("; "));
}

function invalid(why: string): Refusal {
  return new Refusal("INVALID_PARAMS", `Cannot take the parameters: ${why}`);
}
