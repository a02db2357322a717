/** A journal in memory: as good as a real one until the process ends. */
import { Refusal } from "../errors.ts";
import type { CommandRecord, EventLog, EventRow, SnapshotItem, Verdict, VerdictStore } from "../event-log.ts";

export class MemoryJournal implements EventLog, VerdictStore {
  readonly epoch: string;
  readonly firstSeq = 1;
  readonly rows: EventRow[] = [];
  readonly verdicts = new Map<string, CommandRecord & { verdict: Verdict }>();
  /** What `snapshot` shows; a test puts in what it needs. */
  items: SnapshotItem[] = [];
  /** While true, nothing can be recorded. */
  isFull = false;
  /** Thrown for a command in place of recording it. */
  breaks: Error | null = null;
  /** Goes into the chain's values: as if other rows had been written. */
  history = "history";
  onCommit: () => void = () => {};

  constructor(epoch = "e1") {
    this.epoch = epoch;
  }

  get lastSeq(): number {
    return this.rows.length;
  }

  get head(): string {
    return this.headAt(this.lastSeq);
  }

  headAt(seq: number): string {
    return seq === 0 ? this.epoch : `${this.history}-${seq}`;
  }

  read(since: number, limit: number): EventRow[] {
    return this.rows.slice(since, since + limit);
  }

  snapshot(): SnapshotItem[] {
    return [...this.items];
  }

  find(cmd: string): (CommandRecord & { verdict: Verdict }) | undefined {
    return this.verdicts.get(cmd);
  }

  save(command: CommandRecord, record: () => Verdict): void {
    if (this.isFull) throw new Refusal("UNAVAILABLE", "Cannot record the command now: the journal is full");
    if (this.breaks) throw this.breaks;
    this.verdicts.set(command.cmd, { ...command, verdict: record() });
    this.onCommit();
  }

  /** Adds an event; its watchers hear of it at the next commit. */
  append(type: string, job: string | null, body: unknown): void {
    const seq = this.lastSeq + 1;
    this.rows.push({ seq, at: new Date(0).toISOString(), type, job, body, head: this.headAt(seq) });
  }

  /** Adds an event and publishes it. */
  publish(type: string, job: string | null, body: unknown): void {
    this.append(type, job, body);
    this.onCommit();
  }
}
