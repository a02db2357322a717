/**
 * A journal's medium in memory: what is committed outlives every process that opened it, and faults come when a test
 * asks for them. It is to a station what a disk is; each `open` is what one process has of it.
 */
import { StoreBroken } from "@trofie/commands";
import type { Random } from "@trofie/reactor";
import { StartError } from "../start-error.ts";
import {
  StoreBusy,
  StoreFull,
  type Store,
  type StoredAdmission,
  type StoredCommand,
  type StoredEvent,
  type StoredJob,
  type Write,
} from "../store.ts";

/** What is durable. A commit makes a new one, so that one that fails leaves the old. */
interface Rows {
  readonly events: StoredEvent[];
  readonly commands: Map<string, StoredCommand>;
  readonly jobs: Map<number, StoredJob>;
  readonly admissions: Map<number, StoredAdmission>;
}

/** How many commits the reserve is good for. */
const commitsInReserve = 16;

export class MemoryMedium {
  readonly name: string;
  epoch: string;
  readonly rows: Rows = { events: [], commands: new Map(), jobs: new Map(), admissions: new Map() };
  /** While true there is no room: a commit throws `StoreFull`, unless the reserve was given up for it. */
  isFull = false;
  /** While true a commit throws `StoreBusy`. */
  isBusy = false;
  /**
   * The flush of the next commit fails: it throws `StoreBroken`, and chance says whether the next process finds the
   * batch. Whole: a batch is never torn.
   */
  failsNextFlush = false;
  /** Commits that were made durable, those whose flush failed included. */
  commits = 0;
  /** Told after each commit, before whoever committed knows: the moment at which a crash is most telling. */
  onCommit: (writes: readonly Write[]) => void = () => {};
  readonly #random: Random;
  #opened: MemoryStore | null = null;
  #reserve = 0;
  /** Commits that still fit into what the reserve has left. */
  #room = 0;

  constructor(random: Random, name = "the journal in memory") {
    this.#random = random;
    this.name = name;
    this.epoch = Buffer.from(random.bytes(16)).toString("hex");
  }

  /** As a process that starts. Throws a `StartError` while another one has it. */
  open(): Store {
    if (this.#opened) throw new StartError(`Cannot use ${this.name}: another station is using it`);
    this.#opened = new MemoryStore(this, () => (this.#opened = null));
    return this.#opened;
  }

  /** The process that has it is dead, by a signal or with the power: all it still does to its store throws. */
  kill(): void {
    this.#opened?.break(new StoreBroken("Cannot use the journal: its process was killed"));
    this.#opened = null;
  }

  /** The journal is lost, and another one is in its place. */
  replace(): void {
    this.kill();
    this.epoch = Buffer.from(this.#random.bytes(16)).toString("hex");
    this.rows.events.length = 0;
    for (const table of [this.rows.commands, this.rows.jobs, this.rows.admissions]) table.clear();
  }

  /** All that is there now, to be put back by `restore`: as of a backup. */
  backup(): Rows {
    const { events, commands, jobs, admissions } = this.rows;
    return {
      events: [...events],
      commands: new Map(commands),
      jobs: new Map(jobs),
      admissions: new Map(admissions),
    };
  }

  restore({ events, commands, jobs, admissions }: Rows): void {
    this.kill();
    Object.assign(this.rows, {
      events: [...events],
      commands: new Map(commands),
      jobs: new Map(jobs),
      admissions: new Map(admissions),
    });
  }

  /** Changes an event that is there, as a bad block or a hand does. */
  corrupt(seq: number): void {
    const { events } = this.rows;
    events[seq - 1] = { ...events[seq - 1]!, body: `"corrupt"` };
  }

  /** For the store: throws, or makes it durable. */
  write(writes: readonly Write[]): void {
    if (this.isBusy) throw new StoreBusy(`Cannot write ${this.name}: another program is reading it`);
    if (this.isFull && this.#room === 0) throw new StoreFull(`Cannot write ${this.name}: it is full`);
    if (this.isFull) this.#room -= 1;
    checkNew(this.rows, writes);
    const fails = this.failsNextFlush;
    this.failsNextFlush = false;
    if (fails && this.#random.number() < 0.5) throw flushFailed(this.name);
    for (const write of writes) apply(this.rows, write);
    this.commits += 1;
    if (fails) throw flushFailed(this.name);
    this.onCommit(writes);
  }

  useReserve(): boolean {
    if (this.#reserve === 0) return false;
    this.#room += this.#reserve;
    this.#reserve = 0;
    return true;
  }

  refillReserve(): boolean {
    if (this.isFull) return this.#reserve > 0;
    this.#room = 0;
    this.#reserve = commitsInReserve;
    return true;
  }
}

class MemoryStore implements Store {
  readonly epoch: string;
  readonly firstSeq = 1;
  readonly name: string;
  readonly #medium: MemoryMedium;
  readonly #closed: () => void;
  #broken: Error | null = null;

  constructor(medium: MemoryMedium, closed: () => void) {
    this.#medium = medium;
    this.#closed = closed;
    this.name = medium.name;
    this.epoch = medium.epoch;
  }

  break(error: Error): void {
    this.#broken ??= error;
  }

  commit(writes: readonly Write[]): void {
    this.#rows(); // throws when broken
    try {
      this.#medium.write(writes);
    } catch (error) {
      if (error instanceof StoreBroken) this.break(error);
      throw error;
    }
    if (this.#broken) throw this.#broken; // killed in `onCommit`: nobody hears of this commit
  }

  lastEvent(): StoredEvent | undefined {
    return this.#rows().events.at(-1);
  }

  events(since: number, limit: number): readonly StoredEvent[] {
    return this.#rows().events.slice(since, since + limit);
  }

  command(cmd: string): StoredCommand | undefined {
    return this.#rows().commands.get(cmd);
  }

  job(id: string): StoredJob | undefined {
    return this.#jobs().find((job) => job.id === id);
  }

  openJobs(): readonly StoredJob[] {
    return this.#jobs().filter(({ ended }) => !ended);
  }

  newestJobs(limit: number): readonly StoredJob[] {
    return this.#jobs().toReversed().slice(0, limit);
  }

  newestEndedJobs(limit: number): readonly StoredJob[] {
    return this.#jobs()
      .filter(({ ended }) => ended)
      .toReversed()
      .slice(0, limit);
  }

  jobsAfter(number: number): readonly StoredJob[] {
    return this.#jobs().filter((job) => job.number > number);
  }

  admission(fingerprint: string): StoredAdmission | undefined {
    return this.admissions().find((admission) => admission.fingerprint === fingerprint);
  }

  admissions(): readonly StoredAdmission[] {
    return byNumber(this.#rows().admissions);
  }

  useReserve(): boolean {
    this.#rows();
    return this.#medium.useReserve();
  }

  refillReserve(): boolean {
    this.#rows();
    return this.#medium.refillReserve();
  }

  close(): void {
    if (!this.#broken) this.#closed();
    this.break(new Error(`Cannot use ${this.name}: it is closed`));
  }

  #jobs(): readonly StoredJob[] {
    return byNumber(this.#rows().jobs);
  }

  #rows(): Rows {
    if (this.#broken) throw this.#broken;
    return this.#medium.rows;
  }
}

/** In order of their numbers, for that is the order in which they came. */
function byNumber<T>(rows: ReadonlyMap<number, T>): T[] {
  return [...rows.values()];
}

function checkNew({ events, commands, jobs, admissions }: Rows, writes: readonly Write[]): void {
  let seq = events.length;
  const isOther = <T extends { readonly number: number }>(of: Map<number, T>, isSame: (row: T) => boolean) =>
    [...of.values()].some(isSame);
  for (const write of writes) {
    if ("drop" in write) continue;
    if (write.put === "event" && write.row.seq !== (seq += 1))
      throw new Error(`Cannot write event ${write.row.seq}`);
    if (write.put === "command" && commands.has(write.row.cmd))
      throw new Error("Cannot write the command: it is there");
    if (
      write.put === "job" &&
      isOther(jobs, ({ id, number }) => id === write.row.id && number !== write.row.number)
    )
      throw new Error("Cannot write the job: another one has its id");
    if (
      write.put === "admission" &&
      isOther(admissions, (a) => a.fingerprint === write.row.fingerprint && a.number !== write.row.number)
    )
      throw new Error("Cannot write the admission: another one has its fingerprint");
  }
}

function apply({ events, commands, jobs, admissions }: Rows, write: Write): void {
  if ("drop" in write) return void admissions.delete(write.number);
  switch (write.put) {
    case "event":
      return void events.push(write.row);
    case "command":
      return void commands.set(write.row.cmd, write.row);
    case "job":
      return void jobs.set(write.row.number, write.row);
    case "admission":
      return void admissions.set(write.row.number, write.row);
  }
}

function flushFailed(name: string): StoreBroken {
  return new StoreBroken(`Cannot write ${name}: its flush has failed`);
}
