/**
 * Sees everything at once, and checks what must always hold: the invariants I1 to I13, by the table in
 * `docs/reliability.md`. What is durable in the journal's medium is the truth; disks are looked at past their caches.
 */
import { createCipheriv, hash as hashOf } from "node:crypto";
import { type EraseFindings, type Fill, type Job, type JobReport } from "@trofie/contract";
import type { JobEvent } from "@trofie/disks";
import canonicalize from "canonicalize";
import type { StoredEvent, StoredJob, Write } from "../../packages/station/src/store.ts";
import type { MemoryMedium } from "../../packages/station/src/testing/memory-store.ts";
import type { Life } from "./life.ts";
import { sectorBytes, type DiskWitness, type SimDisk } from "./sim-disk.ts";
import type { JobWitness, SimJob } from "./sim-host.ts";
import type { SimMachine } from "./sim-machine.ts";
import type { Sometimes } from "./sometimes.ts";
import type { Trace } from "./trace.ts";

/** An invariant does not hold. */
export interface Breach {
  readonly invariant: string;
  readonly what: string;
}

/** All that was heard of one command. */
export interface KnownCommand {
  readonly cmd: string;
  readonly principal: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Without what differs between an answer and its repetition. */
  answer: string | null;
  isRefused: boolean;
  isRecorded: boolean;
}

export interface GodOptions {
  readonly medium: MemoryMedium;
  readonly machine: () => SimMachine;
  readonly trace: Trace;
  readonly sometimes: Sometimes;
  /** The role of each principal. */
  readonly mayCommand: (principal: string) => boolean;
  /** Told of each command that is sent for the first time. */
  readonly onCommand: (principal: string, method: string, params: object) => void;
  /** Told when a job's process has said something of weight: where it is now, or how it ended. */
  readonly onWord: (disk: SimDisk, isLast: boolean) => void;
}

export class God implements DiskWitness, JobWitness {
  breach: Breach | null = null;
  /** Jobs whose process has said `erased`, and what it had seen to. */
  readonly commands = new Map<string, KnownCommand>();
  /** Jobs' processes that are there. */
  readonly jobs = new Set<SimJob>();
  /** Commands that some client will remember after its death. */
  readonly saved = new Set<string>();
  readonly #options: GodOptions;
  readonly #lines: string[] = [];
  readonly #jobOf = new Map<Life, SimJob>();
  readonly #reported = new Map<string, string>();
  readonly #progress = new Map<SimJob, { readonly step: number; readonly bytesDone: number }>();
  /** Each job as its newest event tells it. */
  readonly #jobTold = new Map<string, string>();
  /** What was sent to a station whose journal is lost since: none of it may be carried out any more. */
  readonly #lostCommands = new Set<string>();
  /** Processes of jobs that no journal knows any more. */
  readonly #lostJobs = new Set<SimJob>();

  constructor(options: GodOptions) {
    this.#options = options;
  }

  broken(invariant: string, what: string): void {
    this.#options.trace.note(`*** ${invariant}: ${what}`);
    this.breach ??= { invariant, what };
  }

  ourBug(error: unknown, where: string): void {
    this.broken(
      "no mistake of ours",
      `${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }

  // The journal.

  committed(writes: readonly Write[]): void {
    const { trace, sometimes } = this.#options;
    this.#checkJobsAreTold(writes);
    for (const write of writes) {
      if (!("put" in write) || write.put !== "event") continue;
      const { seq, type, job } = write.row;
      trace.note(`journal ${seq} ${type} ${job?.slice(-6) ?? ""}`);
      if (type === "job.accepted") sometimes.saw("job accepted");
      if (type === "job.interrupted") sometimes.saw("job interrupted");
      if (type === "job.resumed") sometimes.saw("job resumed");
      if (type === "job.paused") sometimes.saw("job paused");
      if (type === "job.hung") sometimes.saw("job hung");
      if (type === "job.ended") this.#ended(write.row);
    }
  }

  /** I3: no change of a job without the event that tells of it. */
  #checkJobsAreTold(writes: readonly Write[]): void {
    for (const write of writes) {
      if (!("put" in write) || write.put !== "job") continue;
      const { id, job } = write.row;
      if (this.#jobTold.get(id) === job) continue;
      this.#jobTold.set(id, job);
      if (
        this.#options.medium.rows.events.findLast((row) => row.job === id && row.body === job) === undefined
      )
        this.broken("I3", `${id} has changed to ${job}, and no event tells of it`);
    }
  }

  #ended({ body, job: id }: StoredEvent): void {
    const { sometimes } = this.#options;
    const job = JSON.parse(body) as Job;
    const { outcome } = job.report!;
    sometimes.saw(outcome === "stopped" ? "job stopped" : `job ended ${outcome}`);
    if (!outcome.startsWith("erased") && outcome !== "done") return;
    if (this.#reported.get(id!) !== outcome)
      this.broken(
        "I4",
        `${id} ended ${outcome}, but its process has said ${this.#reported.get(id!) ?? "nothing"}`,
      );
  }

  /** The journal is lost, and another one is in its place. */
  journalLost(): void {
    this.#options.trace.note("the journal is lost");
    this.#lines.length = 0;
    for (const cmd of this.commands.keys()) this.#lostCommands.add(cmd);
    this.commands.clear();
    for (const job of this.jobs) this.#lostJobs.add(job);
  }

  /** The line with which an event is sent; undefined when it is not durable. */
  lineOf(seq: number): string | undefined {
    const row = this.#options.medium.rows.events[seq - 1];
    return row && (this.#lines[seq] ??= eventLine(row));
  }

  get lastSeq(): number {
    return this.#options.medium.rows.events.length;
  }

  // Commands.

  commandSent(principal: string, method: string, params: Readonly<Record<string, unknown>>): void {
    const cmd = params["cmd"] as string;
    if (!this.saved.has(cmd))
      this.broken("I1", `${method} ${cmd} was sent, and its client would not remember it`);
    if (this.commands.has(cmd) || this.#lostCommands.has(cmd)) return;
    this.commands.set(cmd, {
      cmd,
      principal,
      method,
      params,
      answer: null,
      isRefused: false,
      isRecorded: false,
    });
    this.#options.onCommand(principal, method, params);
  }

  /** I2: all answers to one command are equal. I10: none says what is not durable. I13: none is good without the right. */
  commandAnswered(cmd: string, answer: Answer): void {
    const { sometimes, medium, mayCommand } = this.#options;
    const known = this.commands.get(cmd);
    if (known === undefined) return this.#lostCommandAnswered(cmd, answer);
    const { text, isFinal, isRecorded, isReplayed, isRefused } = withoutRepetition(answer);
    if (!isFinal) return sometimes.saw("command postponed");
    if (isReplayed) sometimes.saw("command answered again");
    if (isRefused) sometimes.saw("command refused for good");
    if (known.answer !== null && known.answer !== text)
      this.broken("I2", `${known.method} ${cmd} was answered ${known.answer}, then ${text}`);
    known.answer ??= text;
    known.isRefused = isRefused;
    known.isRecorded ||= isRecorded;
    const row = medium.rows.commands.get(cmd);
    if (isRecorded && row === undefined)
      this.broken("I10", `${known.method} ${cmd} was answered ${text}, and no verdict is durable`);
    if (!isRefused && !mayCommand(known.principal))
      this.broken("I13", `${known.principal} was answered ${text} to ${known.method}`);
    if (isRefused && text.includes(`"INTERNAL"`))
      this.broken("no mistake of ours", `${known.method}: ${text}`);
  }

  /** I1: what was meant for another journal is refused. */
  #lostCommandAnswered(cmd: string, { result, error }: Answer): void {
    if (error?.data["code"] === "EPOCH_CHANGED")
      this.#options.sometimes.saw("command for another journal refused");
    if (result !== undefined)
      this.broken("I1", `${cmd} was meant for another journal, and was answered ${JSON.stringify(result)}`);
  }

  // Disks and jobs.

  /** I9: nobody is let near a disk that another process of ours may still have, nor at another one than was confirmed. */
  opening(disk: SimDisk, life: Life): void {
    const job = this.#jobOf.get(life);
    const other = [...disk.handles].find((handle) => handle.isExclusive);
    this.#options.trace.note(`${life.name} opens ${disk.serial} as ${disk.name}`);
    if (job !== undefined && job.order.plan.identity.serial !== disk.serial)
      return this.#otherOpened(job, disk);
    const isLost = [...this.#lostJobs].some(({ life: lost }) => lost === other?.life);
    if (other !== undefined && job !== undefined && !isLost)
      this.broken("I9", `${job.order.job} opens ${disk.serial}, which ${other.life.name} has open`);
  }

  /**
   * A disk that comes between the plan and the opening may have the planned one's name: then it is left alone. A start of
   * the machine gives all of them new names, and the station looks for each job's disk before it lets the job at it.
   */
  #otherOpened({ order: { job, plan } }: SimJob, disk: SimDisk): void {
    const { machine, sometimes } = this.#options;
    const { bootId, isAsBooted } = machine();
    sometimes.saw("another disk opened, and left alone");
    if (plan.bootId !== bootId && isAsBooted)
      this.broken("I9", `${job} opens ${disk.serial}, which has had the name ${plan.path} since the start`);
  }

  /** I1, I5, I9: only the process in the journal of the job that was confirmed for this disk writes to it. */
  writing(disk: SimDisk, life: Life): void {
    const job = this.#jobOf.get(life);
    if (job === undefined || this.#lostJobs.has(job)) return;
    const row = this.#jobRow(job.order.job);
    if (row === undefined) return this.broken("I1", `${job.order.job} writes, and no such job is durable`);
    if (!row.plan.startsWith(`{"kind":"erase"`))
      return this.broken("I5", `${row.id} is no erase, and writes`);
    if (!row.plan.includes(`"serial":"${disk.serial}"`))
      this.broken("I5", `${row.id} writes to ${disk.serial}, and was confirmed as ${row.plan}`);
    if (row.ended) this.broken("I1", `${row.id} has ended, and its process writes`);
    if (row.process === null || !row.process.includes(`"pid":${job.process.pid},`))
      this.broken("I9", `${row.id} is written to by ${life.name}, which is not in the journal`);
  }

  lied(disk: SimDisk): void {
    this.#options.sometimes.saw("disk lied");
    this.#options.trace.note(`${disk.serial} lies`);
  }

  operation(disk: SimDisk, life: Life, what: string, offset: number): void {
    this.#options.trace.note(`${life.name} ${what} ${disk.serial} ${offset}`);
  }

  jobStarted(job: SimJob): void {
    const { serial } = job.order.plan.identity;
    const queued = this.openJobs.filter(
      ({ state, identity }) => state === "queued" && identity.serial === serial,
    );
    if (queued.length > 1) this.#options.sometimes.saw("job waited for another");
    this.jobs.add(job);
    this.#jobOf.set(job.life, job);
    this.#options.trace.note(`${job.life.name} starts for ${job.order.job.slice(-6)}`);
    if (job.order.checkpoint !== null) this.#options.sometimes.saw("checkpoint taken up");
  }

  /** I6: what is shown of a job never goes back within a step, and never beyond its end. */
  jobTold(job: SimJob, event: JobEvent): void {
    if (event.type !== "progress") {
      this.#options.trace.note(`${job.life.name} tells ${event.type}`);
      if (event.type !== "checkpoint") this.#options.onWord(this.#diskOf(job), false);
      return;
    }
    const { bytesDone, bytesTotal, stepNumber } = event;
    const before = this.#progress.get(job);
    if (!(bytesDone >= 0 && bytesDone <= bytesTotal))
      this.broken("I6", `${job.order.job} shows ${bytesDone} of ${bytesTotal} bytes`);
    if (before !== undefined && stepNumber > before.step && bytesDone < before.bytesDone)
      this.broken(
        "I6",
        `${job.order.job} goes back from ${before.bytesDone} to ${bytesDone} in step ${stepNumber}`,
      );
    this.#progress.set(job, { step: stepNumber, bytesDone });
  }

  jobReported(job: SimJob, report: JobReport): void {
    this.#checkReport(job, report);
    this.#options.onWord(this.#diskOf(job), true);
  }

  #checkReport(job: SimJob, report: JobReport): void {
    const { outcome, findings } = report;
    const { sometimes, trace } = this.#options;
    trace.note(`${job.life.name} reports ${outcome}: ${report.message}`);
    this.#reported.set(job.order.job, outcome);
    if (findings?.kind !== "erase") return;
    const disk = this.#diskOf(job);
    if (findings.resumptions.some(({ proven }) => !proven)) sometimes.saw("overlap not as written");
    if (
      findings.passes.some(
        (pass) => pass.kind === "overwrite" && (pass.verification?.mismatchedBytes ?? 0) > 0,
      )
    ) {
      sometimes.saw("verification found a difference");
      if (disk.isHonest)
        this.broken("I7", `${job.order.job}: verification failed on the honest disk ${disk.serial}`);
      if (outcome.startsWith("erased"))
        this.broken("I4", `${job.order.job} is ${outcome}, and what was read back is not what was written`);
    }
    if (outcome === "erased" || outcome === "erased-with-errors") this.#checkErased(job, disk, findings);
  }

  /** I10: a checkpoint that a job waits for is durable when it is told so. */
  saidToBeKept(job: SimJob, event: JobEvent): void {
    const { sometimes } = this.#options;
    sometimes.saw("checkpoint waited for");
    if (event.type !== "checkpoint" || this.#lostJobs.has(job) || !job.life.isAlive) return;
    const row = this.#jobRow(job.order.job);
    if (row !== undefined && !row.ended && row.checkpoint !== JSON.stringify(event.checkpoint))
      this.broken("I10", `${row.id} was told that its checkpoint is kept, and it is not durable`);
  }

  outlived(): void {
    this.#options.sometimes.saw("old process outlived its station");
  }

  jobIsOver(job: SimJob): void {
    this.jobs.delete(job);
    this.#options.trace.note(`${job.life.name} is over`);
  }

  /** I4: outside the map every sector is on the medium as the last pass left it; the map has all that is bad. */
  #checkErased({ order: { job, plan } }: SimJob, disk: SimDisk, findings: EraseFindings): void {
    const last = findings.passes.findLast((pass) => pass.kind === "overwrite");
    if (last?.kind !== "overwrite" || plan.kind !== "erase")
      return this.broken("I4", `${job} is erased, and wrote nothing`);
    if (findings.passes.length < plan.passes.length)
      this.broken("I4", `${job} is erased after ${findings.passes.length} of ${plan.passes.length} passes`);
    const expected = bytesOf(last.fill, disk.sizeBytes);
    const isInMap = (sector: number) =>
      findings.faulty.some(
        ({ offset, lengthBytes }) =>
          offset < (sector + 1) * sectorBytes && sector * sectorBytes < offset + lengthBytes,
      );
    for (let sector = 0; sector * sectorBytes < disk.sizeBytes; sector++) {
      const [from, to] = [sector * sectorBytes, (sector + 1) * sectorBytes];
      const isAsExpected = expected.compare(disk.disk.medium, from, to, from, to) === 0;
      if (!isAsExpected && !isInMap(sector))
        return this.broken("I4", `${job} is erased, and sector ${sector} of ${disk.serial} is not`);
      if (disk.badSectors.has(sector) && !isInMap(sector) && findings.faulty.length < 1000)
        return this.broken(
          "I4",
          `${job} is erased, and bad sector ${sector} of ${disk.serial} is not in its map`,
        );
    }
  }

  #diskOf({ order }: SimJob): SimDisk {
    return this.#options.machine().disks.find(({ serial }) => serial === order.plan.identity.serial)!;
  }

  #jobRow(id: string): StoredJob | undefined {
    for (const row of this.#options.medium.rows.jobs.values()) if (row.id === id) return row;
    return undefined;
  }

  // When all has come to rest.

  checkAtRest(): void {
    this.#checkCommands();
    this.#checkJobs();
    this.#checkChain();
  }

  #checkCommands(): void {
    const { medium, mayCommand } = this.#options;
    for (const [cmd, known] of this.commands) {
      const row = medium.rows.commands.get(cmd);
      if (row === undefined) {
        if (known.isRecorded)
          this.broken("I1", `${known.method} ${cmd} was answered, and its verdict is gone`);
        continue;
      }
      const verdict = JSON.parse(row.verdict) as { result?: object; refused?: object };
      if (known.answer === null) continue; // its client heard nothing, and is dead for good
      if (known.isRefused === (verdict.result !== undefined) && known.isRecorded)
        this.broken("I1", `${known.method} ${cmd} was told ${known.answer}, and recorded as ${row.verdict}`);
    }
    const rejected = new Set(
      medium.rows.events.filter(({ type }) => type === "command.rejected").map(({ body }) => cmdIn(body)),
    );
    for (const { cmd, verdict } of medium.rows.commands.values())
      if (verdict.startsWith(`{"refused"`) && !rejected.has(cmd))
        this.broken("I12", `${cmd} was refused, and no event tells of it`);
    for (const { principal, method, verdict } of medium.rows.commands.values())
      if (!mayCommand(principal) && verdict.startsWith(`{"result"`))
        this.broken("I13", `${method} of ${principal} was carried out`);
  }

  #checkJobs(): void {
    const { medium } = this.#options;
    const { commands, jobs, events } = medium.rows;
    const orderedBy = new Map<string, string>();
    for (const { cmd, verdict, method } of commands.values()) {
      const { result } = JSON.parse(verdict) as { result?: { job?: unknown } };
      if (typeof result?.job !== "string") continue;
      if (orderedBy.has(result.job)) this.broken("I1", `${result.job} belongs to two commands`);
      orderedBy.set(result.job, `${method} ${cmd}`);
    }
    const all = new Map([...jobs.values()].map((row) => [row.id, row]));
    for (const id of orderedBy.keys())
      if (!all.has(id)) this.broken("I1", `${id} was accepted, and is no job`);
    for (const { id, ended, job } of all.values()) {
      if (!orderedBy.has(id)) this.broken("I1", `${id} is a job that nobody has ordered`);
      if (!ended) this.broken("L1", `${id} has not ended: it is ${(JSON.parse(job) as Job).state}`);
    }
    for (const [type, times] of [
      ["job.accepted", 1],
      ["job.ended", 1],
    ] as const) {
      const told = new Map<string, number>();
      for (const event of events)
        if (event.type === type) told.set(event.job!, (told.get(event.job!) ?? 0) + 1);
      for (const id of all.keys())
        if (told.get(id) !== times) this.broken("I12", `${id} has ${told.get(id) ?? 0} events ${type}`);
    }
  }

  /** I12: each event follows from the one before it. */
  #checkChain(): void {
    const { medium } = this.#options;
    let head = medium.epoch;
    for (const { hash, body, ...row } of medium.rows.events) {
      const text = canonicalize({ ...row, body: JSON.parse(body) as unknown })!;
      head = hashOf("sha256", head + text);
      if (head !== hash) return this.broken("I12", `event ${row.seq} does not follow from the one before it`);
    }
  }

  /** The jobs as they stand, as JSON. */
  get jobTexts(): ReadonlyMap<string, string> {
    return new Map([...this.#options.medium.rows.jobs.values()].map(({ id, job }) => [id, job]));
  }

  get openJobs(): Job[] {
    return [...this.#options.medium.rows.jobs.values()]
      .filter(({ ended }) => !ended)
      .map(({ job }) => JSON.parse(job) as Job);
  }
}

export interface Answer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly message: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

function cmdIn(body: string): string {
  return (JSON.parse(body) as { cmd: string }).cmd;
}

function withoutRepetition({ result, error }: Answer) {
  if (result !== undefined) {
    const { replayed, ...rest } = result;
    return {
      text: JSON.stringify(rest),
      isFinal: true,
      isRecorded: true,
      isReplayed: replayed === true,
      isRefused: false,
    };
  }
  const { replayed, ...rest } = error!.data;
  return {
    text: JSON.stringify({ message: error!.message, code: rest["code"] }),
    isFinal: rest["final"] !== false,
    isRecorded: rest["recorded"] === true,
    isReplayed: replayed === true,
    isRefused: true,
  };
}

function eventLine({ seq, at, type, job, body, hash }: StoredEvent): string {
  const params = `{"seq":${seq},"at":"${at}","type":"${type}","job":${JSON.stringify(job)},"body":${body},"head":"${hash}"}`;
  return `{"jsonrpc":"2.0","method":"event","params":${params}}`;
}

const expectations = new Map<string, Buffer>();

/** Made without the erase code. */
function bytesOf(fill: Fill, sizeBytes: number): Buffer {
  if (fill.kind === "random") {
    const iv = Buffer.alloc(16);
    const cipher = createCipheriv(
      fill.stream === "chacha20" ? "chacha20" : "aes-256-ctr",
      Buffer.from(fill.keyHex, "hex"),
      iv,
    );
    return cipher.update(Buffer.alloc(sizeBytes));
  }
  const key = `${fill.hex} ${sizeBytes}`;
  let bytes = expectations.get(key);
  if (bytes === undefined)
    expectations.set(key, (bytes = Buffer.alloc(sizeBytes, Buffer.from(fill.hex, "hex"))));
  return bytes;
}
