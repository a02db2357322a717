/**
 * The book of what was seen of all clients. It knows nothing of the station but what its clients were told, and writes
 * down at once what contradicts what is already in it.
 */
import type { EventRow } from "@trofie/commands";
import type { Breach, BreachKind } from "./breach.ts";
import type { Answer, Fact } from "./facts.ts";

/** The way in by which a client comes: a command belongs to whoever came that way. */
export type Way = "unix" | "tcp";

/** One client, in all its lives. */
export interface Client {
  readonly name: string;
  readonly way: Way;
  /** It has to have each command on its medium before it sends it. */
  readonly hasOutbox: boolean;
}

export interface Command {
  readonly cmd: string;
  readonly by: Client;
  readonly method: string;
  readonly params: object;
  /** What it was answered for good, as text; null while it was not. */
  answer: string | null;
  /** The station said that it remembers that. */
  isRecorded: boolean;
  answers: number;
}

/** One client from its start to its death. */
export interface Life {
  readonly of: Client;
  /** The number of the event that it has to hear next; null before its snapshot. */
  nextSeq: number | null;
}

export class Ledger {
  readonly breaches: Breach[] = [];
  readonly commands = new Map<string, Command>();
  /** Commands that a client has on its medium. */
  readonly saved = new Set<string>();
  /** What was heard, by number, as text. */
  readonly events = new Map<number, string>();
  /** How often each client was asked for something that is to be done once. */
  readonly asked = new Map<Client, number>();
  /** How each job ended, as whoever started it was told. */
  readonly ends = new Map<string, string>();
  replayed = 0;
  refused = 0;
  /** The life that each client has now. */
  readonly #lives = new Map<Client, Life>();
  /** Who was told that they have started it. */
  readonly #toldJobs = new Map<string, Life>();

  broken(kind: BreachKind, what: string): void {
    this.breaches.push({ kind, what });
  }

  /** A client begins a life. */
  born(of: Client): Life {
    const life: Life = { of, nextSeq: null };
    this.#lives.set(of, life);
    return life;
  }

  get living(): readonly Life[] {
    return [...this.#lives.values()];
  }

  /** Commands that were sent, and have no answer yet. */
  get unanswered(): readonly Command[] {
    return [...this.commands.values()].filter(({ answer }) => answer === null);
  }

  take(life: Life, fact: Fact): void {
    const { name } = life.of;
    switch (fact.is) {
      case "asked":
        this.asked.set(life.of, (this.asked.get(life.of) ?? 0) + 1);
        return;
      case "saved":
        this.saved.add(fact.cmd);
        return;
      case "sent":
        return this.#sent(life.of, fact.cmd, fact.method, fact.params);
      case "answered":
        return this.answered(fact.cmd, fact.answer);
      case "told":
        return this.#told(life, fact.job);
      case "told the end":
        this.ends.set(fact.job, fact.state);
        return;
      case "snapshot":
        return this.#snapshot(life, fact.seq);
      case "heard":
        return this.#heard(life, fact.row);
      case "mistake":
        return this.broken("corrupt", `${name}: ${fact.text}`);
    }
  }

  /** One command has one answer, however often it is sent. */
  answered(cmd: string, answer: Answer): void {
    const command = this.commands.get(cmd);
    if (command === undefined) return this.broken("corrupt", `${cmd} was answered, and nobody has sent it`);
    const { text, code, isFinal, isRecorded, isReplayed } = readAnswer(answer);
    if (code === "INTERNAL" || code === "COMMAND_ID_REUSED")
      this.broken("corrupt", `${command.method} ${cmd} was answered ${text}`);
    if (!isFinal) return;
    if (command.answer !== null && command.answer !== text)
      this.broken("corrupt", `${command.method} ${cmd} was answered ${command.answer}, then ${text}`);
    if (isReplayed) this.replayed += 1;
    if (code !== null && command.answer === null) this.refused += 1;
    command.answer ??= text;
    command.isRecorded ||= isRecorded;
    command.answers += 1;
  }

  #sent(by: Client, cmd: string, method: string, params: object): void {
    if (by.hasOutbox && !this.saved.has(cmd))
      this.broken("lost", `${by.name} sent ${method} ${cmd}, which it would not remember`);
    const known = this.commands.get(cmd);
    if (known === undefined)
      this.commands.set(cmd, { cmd, by, method, params, answer: null, isRecorded: false, answers: 0 });
    else if (JSON.stringify([known.method, known.params]) !== JSON.stringify([method, params]))
      this.broken("corrupt", `${by.name} sent ${cmd} again with other content`);
  }

  /** Two wishes never make one job. A client that dies before it has forgotten a command is told again in its next life. */
  #told(life: Life, job: string): void {
    const before = this.#toldJobs.get(job);
    if (before !== undefined && (before === life || before.of !== life.of))
      this.broken("doubled", `${life.of.name} was told of ${job}, of which ${before.of.name} had been told`);
    this.#toldJobs.set(job, life);
  }

  /** Whoever has one goes on from there, over every connection of that life. */
  #snapshot(life: Life, seq: number): void {
    if (life.nextSeq !== null)
      this.broken(
        "corrupt",
        `${life.of.name} had read to ${life.nextSeq - 1}, and was sent a snapshot of ${seq}`,
      );
    life.nextSeq = seq + 1;
  }

  #heard(life: Life, row: EventRow): void {
    const { name } = life.of;
    const { seq } = row;
    if (life.nextSeq === null || seq > life.nextSeq)
      this.broken("lost", `${name} heard event ${seq} where ${life.nextSeq} was due`);
    else if (seq < life.nextSeq) this.broken("doubled", `${name} heard event ${seq} again`);
    life.nextSeq = seq + 1;
    const text = eventText({ ...row, head: row.head ?? "" });
    const known = this.events.get(seq) ?? text;
    if (known !== text) this.broken("corrupt", `event ${seq} was heard as ${known}, and as ${text}`);
    this.events.set(seq, known);
  }
}

/** The same text exactly for the same event. */
export function eventText({ seq, at, type, job, head, body }: Required<EventRow>): string {
  return JSON.stringify([seq, at, type, job, head, body]);
}

/** What an answer says, but for whether it was said before. */
function readAnswer({ result, error }: Answer) {
  if (result !== undefined) {
    const { replayed, ...rest } = result;
    const text = JSON.stringify({ result: rest });
    return { text, code: null, isFinal: true, isRecorded: true, isReplayed: replayed === true };
  }
  const { message, data } = error!;
  const { code, final, recorded, replayed } = data;
  return {
    text: refusalText({ code, message }),
    code,
    isFinal: final !== false,
    isRecorded: recorded === true,
    isReplayed: replayed === true,
  };
}

function refusalText({ code, message }: { readonly code: unknown; readonly message: string }): string {
  return JSON.stringify({ refused: { code, message } });
}

/** A verdict of the journal, as the text of the answer that says it. */
export function verdictText(verdict: string): string {
  const { result, refused } = JSON.parse(verdict) as {
    readonly result?: object;
    readonly refused?: { readonly code: string; readonly message: string };
  };
  return refused === undefined ? JSON.stringify({ result }) : refusalText(refused);
}
