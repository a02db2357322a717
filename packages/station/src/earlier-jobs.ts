/**
 * The jobs in journals of formats 1 and 2, whose station knew only erasing with zeros, in today's shape.
 *
 * A job that has not ended gets a seed now: nothing of it was random. One that was interrupted rests, for its station
 * had promised that it is never resumed by itself.
 */
import type { DatabaseSync } from "node:sqlite";
import type { ErasePlan, Identity, Job, JobReport, JobState, Outcome, PassReport } from "@trofie/contract";
import type { Random } from "@trofie/reactor";
import { newSeedHex } from "./secret.ts";

interface EarlierJob {
  readonly id: string;
  readonly kind: "erase";
  readonly state: JobState;
  readonly path: string;
  readonly identity: Identity;
  readonly method: string;
  readonly planHash: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  /** The first stations did not say it. */
  readonly stopAskedAt?: string | null;
  readonly endedAt: string | null;
  readonly report: EarlierReport | null;
}

interface EarlierReport {
  readonly outcome: Outcome;
  readonly message: string;
  readonly directIo: boolean;
  readonly passes: readonly EarlierPass[];
  readonly verification: EarlierVerification | null;
  readonly durationMs: number;
}

interface EarlierPass {
  readonly sweep: "write" | "verify";
  readonly patternHex: string;
  readonly bytesDone: number;
  readonly durationMs: number;
}

interface EarlierVerification {
  readonly kind: "full";
  readonly bytesRead: number;
  readonly mismatchedBytes: number;
  readonly unreadableBytes: number;
  readonly evidence: boolean;
}

type EarlierPlan = Omit<ErasePlan, "kind" | "passes" | "rounds" | "shuffled" | "stream" | "reading"> & {
  readonly passes: readonly { readonly patternHex: string; readonly verified: boolean }[];
};

interface EarlierRow {
  readonly number: number;
  readonly id: string;
  readonly ended: number;
  readonly job: string;
  readonly plan: string;
  readonly process: string | null;
}

/** Copies `earlier_job` into `job`; inside the transaction that changes the format. */
export function convertJobs(database: DatabaseSync, random: Random): void {
  const rows = database.prepare("SELECT * FROM earlier_job ORDER BY number").all() as unknown as EarlierRow[];
  const insert = database.prepare(
    "INSERT INTO job (number, id, ended, job, plan, seed, process, rests) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  for (const { number, id, ended, job, plan, process } of rows) {
    const earlier = JSON.parse(job) as EarlierJob;
    const earlierPlan = JSON.parse(plan) as EarlierPlan;
    insert.run(
      number,
      id,
      ended,
      JSON.stringify(jobOf(earlier, earlierPlan)),
      JSON.stringify(planOf(earlierPlan)),
      newSeedHex(random),
      process,
      earlier.state === "interrupted" ? 1 : 0,
    );
  }
}

function jobOf(job: EarlierJob, plan: EarlierPlan): Job {
  const { method: _, report, ...earlier } = job;
  return {
    ...earlier,
    title: plan.method.title,
    stopAskedAt: earlier.stopAskedAt ?? null,
    why: earlier.state === "interrupted" ? "An earlier version of the station has left it so" : null,
    report: report && reportOf(report),
  };
}

function planOf({ passes, ...plan }: EarlierPlan): ErasePlan {
  return {
    ...plan,
    kind: "erase",
    passes: passes.map(({ patternHex, verified }) => ({ kind: "overwrite", write: patternHex, verified })),
    rounds: 1,
    shuffled: [],
    stream: "chacha8",
    reading: "full",
  };
}

/** Which bytes were faulty was not kept, only how many: the ranges are missing, and it says so. */
function reportOf({ outcome, message, durationMs, directIo, ...found }: EarlierReport): JobReport {
  if (found.passes.length === 0) return { outcome, message, durationMs, findings: null };
  const { mismatchedBytes = 0, unreadableBytes = 0 } = found.verification ?? {};
  const faultyBytes = mismatchedBytes + unreadableBytes;
  const passes = passesOf(found);
  const ranges = { faulty: [], faultyBytes, rangesCut: faultyBytes > 0, resumptions: [] };
  return {
    outcome,
    message,
    durationMs,
    findings: { kind: "erase", warnings: [], directIo, passes, ...ranges },
  };
}

/** A verification was a pass of its own, after all that wrote, and read back the last of them. */
function passesOf({ passes, verification }: Pick<EarlierReport, "passes" | "verification">): PassReport[] {
  const read = passes.find(({ sweep }) => sweep === "verify");
  const written = passes.filter(({ sweep }) => sweep === "write");
  return written.map(({ patternHex, bytesDone, durationMs }, i) => ({
    kind: "overwrite",
    fill: { kind: "pattern", hex: patternHex },
    bytesWritten: bytesDone,
    rewrittenBytes: 0,
    durationMs,
    generatingMs: 0,
    verification:
      i === written.length - 1 && verification
        ? { ...verification, durationMs: read?.durationMs ?? 0 }
        : null,
  }));
}
