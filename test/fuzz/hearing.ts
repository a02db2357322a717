/** Holds what a station has said on one connection against what it had to say. */
import type { MemoryJournal } from "@trofie/commands/testing";
import { errorCodes } from "@trofie/contract";
import { broken } from "./breach.ts";
import { epochOfFuzz, headOfFuzz } from "./known.ts";
import type { Foretold, Reply, ToldReading } from "./station-model.ts";

type Json = Readonly<Record<string, unknown>>;

const codes: Readonly<Record<string, { number: number; final: boolean }>> = errorCodes;

export class Hearing {
  readonly #foretold: Foretold;
  readonly #journal: MemoryJournal;
  /** Told of each thing that was met: the fuzzer's own coverage. */
  readonly #met: (what: string) => void;
  #next = 0;
  #goodbye: string | null = null;
  /** The number of the next event; null before there can be one. */
  #nextSeq: number | null = null;
  #snapshot: "none" | "awaited" | { readonly seq: number; left: number } = "none";

  constructor(foretold: Foretold, journal: MemoryJournal, met: (what: string) => void) {
    this.#foretold = foretold;
    this.#journal = journal;
    this.#met = met;
  }

  /** The reason of the goodbye, if one was said. */
  get goodbye(): string | null {
    return this.#goodbye;
  }

  /** All is said that had to be, by a station whose peer took everything. */
  checkEnd(): void {
    const { replies, goodbye, mayFallShort } = this.#foretold;
    if (mayFallShort) return;
    if (this.#next < replies.length) broken(`no answer came: ${JSON.stringify(replies[this.#next])}`);
    if (goodbye !== null && this.#goodbye === null) broken(`no goodbye came: ${goodbye}`);
  }

  /** A watcher that takes everything has everything. */
  checkIsUpToDate(): void {
    if (this.#foretold.mayFallShort || this.#nextSeq === null) return;
    if (this.#snapshot !== "none" || this.#nextSeq !== this.#journal.lastSeq + 1)
      broken(`event ${this.#nextSeq} is missing of ${this.#journal.lastSeq}`);
  }

  take(text: string): void {
    if (text.includes("secret")) broken("it tells a secret");
    const lines = text.split("\n");
    if (lines.pop() !== "") broken("its last line has no end");
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const message = JSON.parse(line) as Json;
    if (message.jsonrpc !== "2.0") broken(`it is no JSON-RPC: ${line}`);
    if (this.#goodbye !== null) broken(`something was said after goodbye: ${line}`);
    if ("method" in message) this.#notified(String(message.method), message.params as Json);
    else this.#answered(message);
  }

  #notified(method: string, params: Json): void {
    switch (method) {
      case "station.greet":
      case "ping":
        return;
      case "pong":
        return this.#expect({ kind: "pong" });
      case "goodbye":
        this.#goodbye = String(params.reason);
        return this.#met(`goodbye ${this.#goodbye}`);
      case "progress":
        if (!this.#foretold.wantsProgress) broken("progress came that nobody wants");
        return this.#met("progress");
      default:
        return this.#read(method, params);
    }
  }

  #read(method: string, params: Json): void {
    if (this.#nextSeq === null) broken(`${method} came that nobody wants`);
    this.#met(method);
    if (method === "event") {
      if (this.#snapshot !== "none") broken("an event came before the snapshot's end");
      if (params.seq !== this.#nextSeq) broken(`event ${String(params.seq)} came for ${this.#nextSeq}`);
      this.#nextSeq += 1;
    } else if (method === "snapshot.begin") {
      if (this.#snapshot !== "awaited") broken("a snapshot came that nobody awaits");
      this.#snapshot = { seq: Number(params.seq), left: Number(params.items) };
    } else if (typeof this.#snapshot === "string") broken(`${method} came outside of a snapshot`);
    else if (method === "snapshot.item") this.#snapshot.left -= 1;
    else if (method === "snapshot.end") {
      const { seq, left } = this.#snapshot;
      if (left !== 0 || params.seq !== seq) broken("the snapshot's end does not fit its beginning");
      this.#snapshot = "none";
    } else broken(`${method} is unknown`);
  }

  #answered({ id, result, error }: Json): void {
    if (error === undefined) return this.#hasResult(id, result as Json);
    const { code, message, data } = error as { code: number; message: string; data: Json };
    const known = codes[String(data.code)];
    if (!known || known.number !== code || known.final !== data.final || typeof message !== "string")
      broken(`the error is not of the table: ${JSON.stringify(error)}`);
    this.#met(String(data.code));
    this.#expect({
      kind: "error",
      id: id as number,
      code: String(data.code),
      recorded: data.recorded as boolean,
      replayed: data.replayed === true,
    });
  }

  #hasResult(id: unknown, result: Json): void {
    const cmd = this.#nextCommand();
    this.#met(result.replayed === true ? "replayed" : cmd === null ? "answered" : "accepted");
    this.#expect({ kind: "result", id: id as number, replayed: result.replayed === true, cmd });
    if (cmd !== null) this.#isAsRecorded(cmd, result);
    else if ("epoch" in result) this.#opened(Number(result.seq));
  }

  /** Whatever is answered to a command is what its record says. */
  #isAsRecorded(cmd: string, { job }: Json): void {
    const verdict = this.#journal.find(cmd)?.verdict;
    if (!verdict || !("result" in verdict) || verdict.result.job !== job)
      broken(`the answer to ${cmd} is not what was recorded`);
  }

  #opened(seq: number): void {
    const { reading } = this.#foretold;
    if (reading === undefined) return;
    const goesOn = canGoOn(reading, seq);
    this.#nextSeq = (goesOn ? reading.since : seq) + 1;
    if (!goesOn) this.#snapshot = "awaited";
  }

  #nextCommand(): string | null {
    const next = this.#foretold.replies[this.#next];
    return next?.kind === "result" ? next.cmd : null;
  }

  #expect(reply: Reply): void {
    const next = this.#foretold.replies[this.#next];
    this.#next += 1;
    if (!next || !isSame(reply, next))
      broken(`the answer is ${JSON.stringify(reply)}, and must be ${JSON.stringify(next ?? null)}`);
  }
}

function canGoOn(reading: ToldReading, lastSeq: number): reading is NonNullable<ToldReading> {
  if (!reading || reading.epoch !== epochOfFuzz) return false;
  const { since, head = null } = reading;
  return since >= 0 && since <= lastSeq && (head === null || head === headOfFuzz(since));
}

function isSame(a: Reply, b: Reply): boolean {
  if (a.kind === "pong" || b.kind === "pong") return a.kind === b.kind;
  if (a.id !== b.id || a.replayed !== b.replayed) return false;
  if (a.kind === "result" || b.kind === "result") return a.kind === b.kind;
  return a.code === b.code && a.recorded === b.recorded;
}
