/** A station played by hand, that keeps every rule; what it says may be changed on the way. */
import { broken } from "./breach.ts";
import type { ChangedLines } from "./changed-lines.ts";
import type { HandWire } from "./hand-wire.ts";
import { epochOfFuzz, headOfFuzz } from "./known.ts";
import { contentOf } from "./told-commands.ts";
import { isObject, toldMessage } from "./told-message.ts";

type Json = Readonly<Record<string, unknown>>;

interface Link {
  readonly wire: HandWire;
  unfinished: string;
  isOpen: boolean;
  /** The client may have missed something, or have heard what was never said: nobody goes on with it. */
  isSpoilt: boolean;
  readonly ids: Set<unknown>;
}

interface Job {
  readonly id: string;
  ended: boolean;
}

export class HandStation {
  /** What each command that came was, and its answer. */
  readonly verdicts = new Map<string, { readonly content: string; readonly answer: Json }>();
  readonly jobs: Job[] = [];
  /** Every connection that the client made, in order. */
  readonly wires: HandWire[] = [];
  /** The journal: event n is its row n - 1. */
  readonly rows: object[] = [];
  /** How often the client has said that it read what was never told. */
  doubts = 0;
  readonly #lines: ChangedLines;
  readonly #pieceBytes: number;
  #link: Link | null = null;

  constructor(lines: ChangedLines, pieceBytes: number, events: number) {
    this.#lines = lines;
    this.#pieceBytes = pieceBytes;
    for (let done = 0; done < events; done += 1) this.#record("device.added", null, {});
  }

  get lastSeq(): number {
    return this.rows.length;
  }

  /** The newest connection, when it is there, and something on it was changed; the first one counts as that, too. */
  get spoiltWire(): HandWire | null {
    return this.#link?.isSpoilt && this.#link.wire.ended === "no" ? this.#link.wire : null;
  }

  accept(wire: HandWire): void {
    this.#link = { wire, unfinished: "", isOpen: false, isSpoilt: this.wires.length === 0, ids: new Set() };
    this.wires.push(wire);
    this.#say({ method: "station.greet", params: { proto: [1], station: "by hand", auth: ["token"] } });
  }

  /** Answers what has come. True when something had. */
  work(): boolean {
    const link = this.#link;
    if (!link || link.wire.ended !== "no") return false;
    const [...lines] = (link.unfinished + link.wire.hear()).split("\n");
    link.unfinished = lines.pop()!;
    for (const line of lines) this.#take(line, link);
    return lines.length > 0;
  }

  /** Every job comes to its end. */
  endJobs(): void {
    for (const job of this.jobs.filter(({ ended }) => !ended)) {
      job.ended = true;
      this.#publish("job.ended", job);
    }
  }

  #take(line: string, link: Link): void {
    const message = toldMessage(line);
    if (message.kind === "notification") {
      if (message.method === "ping") this.#say({ method: "pong", params: {} });
      else if (message.method !== "pong") broken(`the client says ${line}`);
      return;
    }
    if (message.kind !== "request" || link.ids.has(message.id)) broken(`the client says ${line}`);
    link.ids.add(message.id);
    const { id, method, params } = message;
    if (method === "session.open") return this.#open(id, params, link);
    if (!link.isOpen) broken(`the client asks before it has opened: ${line}`);
    if (!("cmd" in params)) return this.#say({ id, result: { of: method } });
    this.#command(id, method, params);
  }

  #open(id: number | string, { resume, client }: Json, link: Link): void {
    if (resume !== null && !isPlace(resume))
      broken(`the client opens with what no station takes: ${JSON.stringify(resume)}`);
    if (typeof client !== "string") broken("the client does not say who it is");
    link.isOpen = true;
    const seq = this.lastSeq;
    const welcome = { proto: 1, station: "by hand", role: "admin", epoch: epochOfFuzz, firstSeq: 1, seq };
    this.#say({ id, result: { ...welcome, head: headOfFuzz(seq) } });
    if (resume !== null && goesOn(resume, seq)) return this.#sayRows(resume.since);
    if (resume !== null) this.doubts += 1;
    this.#saySnapshot(seq);
  }

  #saySnapshot(seq: number): void {
    this.#say({ method: "snapshot.begin", params: { seq, items: this.jobs.length, because: "first" } });
    for (const job of this.jobs)
      this.#say({
        method: "snapshot.item",
        params: { kind: "job", id: job.id, ended: job.ended, item: job },
      });
    this.#say({ method: "snapshot.end", params: { seq, head: headOfFuzz(seq) } });
  }

  #command(id: number | string, method: string, { cmd, ...rest }: Json): void {
    if (typeof cmd !== "string") broken(`the client's command has the id ${String(cmd)}`);
    const content = contentOf({ method, rest });
    const known = this.verdicts.get(cmd);
    if (known && known.content !== content) broken(`the client sends another command as ${cmd}`);
    if (known) return this.#say({ id, result: { ...known.answer, replayed: true } });
    if (rest.epoch !== epochOfFuzz) return this.#refuse(id);
    const job = { id: `j_${this.jobs.length + 1}`, ended: false };
    this.verdicts.set(cmd, { content, answer: { job: job.id } });
    this.jobs.push(job);
    this.#publish("job.accepted", job);
    this.#say({ id, result: { job: job.id } });
  }

  #refuse(id: number | string): void {
    const data = { code: "EPOCH_CHANGED", final: true, recorded: true };
    this.#say({ id, error: { code: -32013, message: "Cannot: another journal", data } });
  }

  #publish(type: string, job: Job): void {
    this.#record(type, job.id, { ...job });
    if (this.#link?.isOpen) this.#sayRows(this.lastSeq - 1);
  }

  #record(type: string, job: string | null, body: object): void {
    const seq = this.lastSeq + 1;
    this.rows.push({ seq, at: "2026-01-01T00:00:00.000Z", type, job, body, head: headOfFuzz(seq) });
  }

  #sayRows(since: number): void {
    for (const params of this.rows.slice(since)) this.#say({ method: "event", params });
  }

  #say(message: object): void {
    const link = this.#link!;
    const { wire } = link;
    if (wire.ended !== "no") return;
    const { bytes, isChanged, thenEnds } = this.#lines.carry({ jsonrpc: "2.0", ...message });
    link.isSpoilt ||= isChanged;
    for (const piece of inPieces(bytes, this.#pieceBytes)) wire.say(piece);
    if (thenEnds) wire.fin();
  }
}

interface Place {
  readonly epoch: string;
  readonly since: number;
  readonly head: string | null;
}

function isPlace(resume: unknown): resume is Place {
  if (!isObject(resume)) return false;
  const { epoch, since, head } = resume;
  return (
    typeof epoch === "string" && Number.isSafeInteger(since) && (head === null || typeof head === "string")
  );
}

function goesOn({ epoch, since, head }: Place, lastSeq: number): boolean {
  return (
    epoch === epochOfFuzz && since >= 0 && since <= lastSeq && (head === null || head === headOfFuzz(since))
  );
}

/** Not in more than some hundred pieces, however long it is. */
function* inPieces(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  const length = Math.min(bytes.length, Math.max(pieceBytes, Math.ceil(bytes.length / 500)));
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}
