/** Holds the ledger against the journal: what clients were told against what the station has on its medium. */
import { isOutcome, type Job } from "@trofie/contract";
import type { Breach, BreachKind } from "./breach.ts";
import type { EventInJournal, JournalRows } from "./journal-copy.ts";
import { eventText, verdictText, type Ledger } from "./ledger.ts";

type Broken = (kind: BreachKind, what: string) => void;
type Rows = Omit<JournalRows, "epoch">;

/** What must hold whenever a station has died: whatever was told is there. `rows` has the events after `since`. */
export function judgeWhatWasTold(ledger: Ledger, { events, commands }: Rows, since = 0): Breach[] {
  return collect((broken) => {
    for (const { cmd, method, answer, isRecorded } of ledger.commands.values()) {
      if (!isRecorded) continue;
      const row = commands.get(cmd);
      if (row === undefined)
        broken("lost", `${method} ${cmd} was answered ${answer}, and is not in the journal`);
      else if (verdictText(row.verdict) !== answer)
        broken("corrupt", `${method} ${cmd} was answered ${answer}, and is in the journal as ${row.verdict}`);
    }
    const texts = new Map(events.map((row) => [row.seq, textOf(row)]));
    for (const [seq, heard] of ledger.events) {
      if (seq <= since) continue;
      const text = texts.get(seq);
      if (text === undefined) broken("lost", `event ${seq} was heard, and is not in the journal`);
      else if (text !== heard)
        broken("corrupt", `event ${seq} was heard as ${heard}, and is in the journal as ${text}`);
    }
  });
}

/** What must hold besides when everything has come to rest. All have had time to hear the events up to `toldSeq`. */
export function judgeAtRest(ledger: Ledger, rows: Rows, toldSeq: number): Breach[] {
  return collect((broken) => {
    judgeCommands(ledger, rows, broken);
    judgeJobs(ledger, rows, broken);
    judgeEvents(rows, broken);
    judgeWatchers(ledger, toldSeq, broken);
  });
}

/** Each command, kept or sent, has its verdict, and whoever sent it was told. One wish made one command. */
function judgeCommands(ledger: Ledger, { commands }: Rows, broken: Broken): void {
  for (const cmd of ledger.saved)
    if (!ledger.commands.has(cmd)) broken("lost", `${cmd} was kept to be sent, and never was`);
  const given = new Map<object, number>();
  for (const { cmd, by, method, answer } of ledger.commands.values()) {
    given.set(by, (given.get(by) ?? 0) + 1);
    if (!commands.has(cmd)) broken("lost", `${method} ${cmd} of ${by.name} has no verdict in the journal`);
    if (answer === null) broken("lost", `${method} ${cmd} of ${by.name} was never answered`);
  }
  for (const cmd of commands.keys())
    if (!ledger.commands.has(cmd)) broken("doubled", `${cmd} is in the journal, and nobody has sent it`);
  for (const [client, wishes] of ledger.asked) {
    const count = given.get(client) ?? 0;
    if (count > wishes) broken("doubled", `${client.name} made ${count} commands of ${wishes} wishes`);
  }
}

/** Each accepted command that starts a job has exactly one, no job has none, and each has ended as was told. */
function judgeJobs(ledger: Ledger, { commands, jobs }: Rows, broken: Broken): void {
  const orderedBy = new Map<string, string>();
  for (const { cmd, method, verdict } of commands.values()) {
    const { result } = JSON.parse(verdict) as { readonly result?: { readonly job?: unknown } };
    if (typeof result?.job !== "string") continue;
    const other = orderedBy.get(result.job);
    if (other !== undefined)
      broken("doubled", `${method} ${cmd} and ${other} have the same job ${result.job}`);
    orderedBy.set(result.job, cmd);
  }
  const all = new Map(jobs.map(({ id, job }) => [id, JSON.parse(job) as Job]));
  for (const [id, cmd] of orderedBy)
    if (!all.has(id)) broken("lost", `${cmd} was accepted as ${id}, and there is no such job`);
  for (const [id, job] of all) {
    if (!orderedBy.has(id)) broken("doubled", `${id} is a job that no command has ordered`);
    judgeEnd(job, ledger.ends.get(id), broken);
  }
}

function judgeEnd({ id, kind, state, report }: Job, told: string | undefined, broken: Broken): void {
  if (!isOutcome(state)) return broken("lost", `${id} has come to no end: it is ${state}`);
  if (told !== undefined && told !== state)
    broken("corrupt", `${id} was told to be ${told}, and is ${state}`);
  if (kind === "erase" && state !== "erased" && state !== "stopped")
    broken("corrupt", `${id} has a healthy disk, and is ${state}: ${report?.message}`);
}

/** Each job begins once and ends once. */
function judgeEvents({ events, jobs }: Rows, broken: Broken): void {
  for (const type of ["job.accepted", "job.ended"]) {
    const times = new Map<string, number>();
    for (const row of events) if (row.type === type) times.set(row.job!, (times.get(row.job!) ?? 0) + 1);
    for (const { id } of jobs) {
      const count = times.get(id) ?? 0;
      if (count === 0) broken("lost", `${id} has no event ${type}`);
      if (count > 1) broken("doubled", `${id} has ${count} events ${type}`);
    }
  }
}

/** Who still lives has heard everything. */
function judgeWatchers({ living }: Ledger, toldSeq: number, broken: Broken): void {
  for (const { of, nextSeq } of living)
    if (nextSeq === null || nextSeq <= toldSeq)
      broken(
        "lost",
        `${of.name} was to hear ${toldSeq} events, and the next that it waits for is ${nextSeq}`,
      );
}

function textOf({ seq, at, type, job, hash, body }: EventInJournal): string {
  return eventText({ seq, at, type, job, head: hash, body: JSON.parse(body) as unknown });
}

function collect(judge: (broken: Broken) => void): Breach[] {
  const breaches: Breach[] = [];
  judge((kind, what) => breaches.push({ kind, what }));
  return breaches;
}
