/**
 * What a station must answer to an input, word for word of docs/protocol.md: a second, plain telling of the protocol,
 * without sockets, promises or time.
 */
import { maxBytesAfterOpen, maxBytesBeforeOpen, roles, type Contract, type Role } from "@trofie/commands";
import { stationContract } from "@trofie/contract";
import { epochOfFuzz } from "./known.ts";
import type { StationInput } from "./station-input.ts";
import { temperOf, type Temper } from "./tempers.ts";
import { contentOf, type ToldCommand, type ToldVerdict } from "./told-commands.ts";
import { ToldLines, type ToldLine } from "./told-lines.ts";
import { isObject, toldMessage } from "./told-message.ts";

export type Reply =
  | { readonly kind: "pong" }
  | {
      readonly kind: "result";
      readonly id: number | string;
      readonly replayed: boolean;
      /** Of a command. */
      readonly cmd: string | null;
    }
  | {
      readonly kind: "error";
      readonly id: number | string | null;
      readonly code: string;
      readonly recorded: boolean;
      readonly replayed: boolean;
    };

/** Where somebody stopped reading who opened; null for a snapshot, undefined when no events are wanted. */
export type ToldReading =
  { readonly epoch: string; readonly since: number; readonly head?: string | null } | null | undefined;

export interface Foretold {
  /** All that must be answered, in order. */
  readonly replies: readonly Reply[];
  /** Commands whose verdict must be recorded, in order. */
  readonly decided: readonly ToldCommand[];
  /** Why the station ends the connection by itself; null when it does not. */
  readonly goodbye: string | null;
  /** Who has opened. */
  readonly client: string | null;
  readonly role: string | null;
  readonly reading: ToldReading;
  readonly wantsProgress: boolean;
  /** A handler took its time. */
  readonly wasSlow: boolean;
  /** The connection may end before all is answered: then what was answered must be the beginning of it. */
  readonly mayFallShort: boolean;
}

const refusals: Readonly<Partial<Record<Temper, string>>> = {
  refuses: "DEVICE_NOT_FOUND",
  postpones: "UNAVAILABLE",
  mistaken: "INTERNAL",
};

const methods: Contract["methods"] = stationContract.methods;
const uuidPattern = (version: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);
const uuid7 = uuidPattern("7");
const anyUuid = uuidPattern("[47]");

/** One connection, as the protocol tells it. */
export class StationModel {
  readonly #earlier: ReadonlyMap<string, ToldCommand>;
  readonly #lines = new ToldLines();
  readonly #replies: Reply[] = [];
  readonly #decided = new Map<string, ToldCommand>();
  #goodbye: string | null = null;
  #client: string | null = null;
  #role: Role | null = null;
  #reading: ToldReading;
  #wantsProgress = false;
  #badMessages = 0;
  #isFull = false;
  #wasSlow = false;
  #mayFallShort = false;

  /** `earlier`: what the station has decided before this connection. */
  constructor(earlier: ReadonlyMap<string, ToldCommand>) {
    this.#earlier = earlier;
  }

  foretell({ steps, leaving }: StationInput): Foretold {
    let isTaken = true;
    for (const step of steps) {
      if ("say" in step) this.#said(Buffer.concat(step.say));
      else if ("pourBytes" in step)
        this.#said(Buffer.alloc(Math.min(step.pourBytes, 2 * maxBytesAfterOpen), "x"));
      else if ("taking" in step) isTaken = step.taking;
      else if ("full" in step) this.#isFull = step.full;
      else if ("rival" in step) this.#rivalOpened();
    }
    if (leaving === "reset" && this.#wasSlow) this.#mayFallShort = true;
    if (leaving !== "fin" && !isTaken) this.#mayFallShort = true;
    return {
      replies: this.#replies,
      decided: [...this.#decided.values()],
      goodbye: this.#goodbye,
      client: this.#client,
      role: this.#role,
      reading: this.#reading,
      wantsProgress: this.#wantsProgress,
      wasSlow: this.#wasSlow,
      mayFallShort: this.#mayFallShort,
    };
  }

  #said(bytes: Uint8Array): void {
    if (this.#goodbye !== null) return;
    for (const line of this.#lines.take(bytes)) {
      this.#line(line);
      if (this.#goodbye !== null) return;
    }
  }

  #line(line: ToldLine): void {
    if (line.kind === "too long") return this.#end("line-too-long");
    if (line.kind === "undecodable") return this.#bad("PARSE_ERROR");
    if (this.#role === null && line.lengthBytes > maxBytesBeforeOpen) return this.#end("line-too-long");
    const message = toldMessage(line.text);
    switch (message.kind) {
      case "bad":
        return this.#bad(message.code);
      case "answer":
        return;
      case "notification":
        if (message.method === "ping") this.#replies.push({ kind: "pong" });
        return;
      case "request":
        return this.#request(message.id, message.method, message.params);
    }
  }

  #bad(code: string): void {
    this.#refuse(null, code);
    this.#badMessages += 1;
    if (this.#role === null || this.#badMessages === 3) this.#end("protocol");
  }

  #request(id: number | string, method: string, params: Readonly<Record<string, unknown>>): void {
    if (method === "session.open") return this.#open(id, params);
    if (this.#role !== null) return this.#call(id, method, params, this.#role);
    this.#refuse(id, "NOT_OPEN");
    this.#end("protocol");
  }

  #open(id: number | string, params: Readonly<Record<string, unknown>>): void {
    if (this.#role !== null) return this.#refuse(id, "INVALID_REQUEST");
    const { proto, auth = {}, resume = null, want = {} } = params;
    if (!isOpening(params)) {
      this.#refuse(id, "INVALID_PARAMS");
      return this.#end("protocol");
    }
    if (!(proto as unknown[]).includes(1)) {
      this.#refuse(id, "VERSION");
      return this.#end("version");
    }
    const { token } = auth as { token?: unknown };
    if (!(roles as readonly unknown[]).includes(token)) {
      this.#refuse(id, "AUTH_FAILED");
      return this.#end("auth-failed");
    }
    this.#role = token as Role;
    this.#client = params.client as string;
    this.#answer(id, null);
    const wanted = want as { events?: unknown; progress?: unknown };
    if (wanted.events !== true) return;
    this.#reading = resume as ToldReading;
    this.#wantsProgress = wanted.progress === true;
  }

  #call(id: number | string, name: string, params: Readonly<Record<string, unknown>>, role: Role): void {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) return this.#refuse(id, "UNKNOWN_METHOD");
    const { cmd, epoch, ...rest } = params;
    const isQuery = method.kind === "query";
    const checked = method.input["~standard"].validate(isQuery ? params : rest) as { issues?: unknown };
    const hasIds = typeof cmd === "string" && uuid7.test(cmd) && typeof epoch === "string";
    if (checked.issues !== undefined || !(isQuery || hasIds)) return this.#refuse(id, "INVALID_PARAMS");
    if (roles.indexOf(role) < roles.indexOf(method.role)) return this.#refuse(id, "DENIED");
    if (isQuery) return this.#query(id, params);
    const command = { cmd: cmd as string, content: contentOf({ name, epoch, rest }), principal: role };
    const known = this.#decided.get(command.cmd) ?? this.#earlier.get(command.cmd);
    if (known) return this.#again(id, command, known);
    const code = epoch === epochOfFuzz ? this.#handled(rest) : "EPOCH_CHANGED";
    this.#decide(id, command, code === null ? "accepted" : { refused: code });
  }

  #query(id: number | string, params: object): void {
    const code = this.#handled(params);
    if (code === null) this.#answer(id, null);
    else this.#refuse(id, code);
  }

  /** The code with which a handler refuses; null when it does not. */
  #handled(input: object): string | null {
    const temper = temperOf(input);
    if (temper === "slow" || temper === "asleep") this.#wasSlow = true;
    return refusals[temper] ?? null;
  }

  #again(id: number | string, command: Omit<ToldCommand, "verdict">, known: ToldCommand): void {
    if (known.content !== command.content || known.principal !== command.principal)
      return this.#refuse(id, "COMMAND_ID_REUSED");
    if (known.verdict === "accepted") return this.#answer(id, command.cmd, true);
    this.#refuse(id, known.verdict.refused, { recorded: true, replayed: true });
  }

  #decide(id: number | string, command: Omit<ToldCommand, "verdict">, verdict: ToldVerdict): void {
    if (this.#isFull || (verdict !== "accepted" && verdict.refused === "UNAVAILABLE"))
      return this.#refuse(id, "UNAVAILABLE");
    this.#decided.set(command.cmd, { ...command, verdict });
    if (verdict === "accepted") this.#answer(id, command.cmd);
    else this.#refuse(id, verdict.refused, { recorded: true, replayed: false });
  }

  #rivalOpened(): void {
    if (this.#role === null) return;
    // A handler that was slow may still be at work: then all that came after it is never looked at.
    if (this.#wasSlow) this.#mayFallShort = true;
    if (this.#wasSlow || this.#goodbye === null) this.#end("replaced");
  }

  #answer(id: number | string, cmd: string | null, replayed = false): void {
    this.#replies.push({ kind: "result", id, replayed, cmd });
  }

  #refuse(
    id: number | string | null,
    code: string,
    { recorded, replayed } = { recorded: false, replayed: false },
  ): void {
    this.#replies.push({ kind: "error", id, code, recorded, replayed });
  }

  #end(reason: string): void {
    this.#goodbye = reason;
  }
}

function isOpening(params: Readonly<Record<string, unknown>>): boolean {
  const { proto, client, agent, auth = {}, resume = null, want = {} } = params;
  return (
    Array.isArray(proto) &&
    typeof client === "string" &&
    anyUuid.test(client) &&
    typeof agent === "string" &&
    agent.length <= 200 &&
    isObject(auth) &&
    isObject(want) &&
    (resume === null || isPlace(resume))
  );
}

function isPlace(resume: unknown): boolean {
  if (!isObject(resume)) return false;
  const { epoch, since, head = null } = resume;
  return (
    typeof epoch === "string" && Number.isSafeInteger(since) && (head === null || typeof head === "string")
  );
}
