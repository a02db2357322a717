/** How work becomes a job, whatever its kind: it is planned, confirmed where it destroys, and recorded with its seed. */
import { Refusal, uuid7, type Decision } from "@trofie/commands";
import {
  isSameDevice,
  workVerbs,
  type Job,
  type JobState,
  type Plan,
  type PlanOf,
  type Work,
  type WorkKind,
} from "@trofie/contract";
import type { DiskHost, JobOrder, WorkOf } from "@trofie/disks";
import type { Clock, Random } from "@trofie/reactor";
import { digestOf } from "./digest.ts";
import { foundJob } from "./found-job.ts";
import type { JobQueue } from "./job-queue.ts";
import { titleOf } from "./job-title.ts";
import type { Jobs } from "./jobs.ts";
import { newSeedHex } from "./secret.ts";
import { isoTime } from "./world.ts";

export interface WorkOptions {
  readonly host: DiskHost;
  readonly jobs: Jobs;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly random: Random;
}

/** What somebody has seen and typed. */
export interface Confirmation {
  readonly hash: string;
  readonly typed: string;
}

/** A plan, and the hash by which it is confirmed. */
export async function showPlan<K extends WorkKind>(
  { host }: WorkOptions,
  work: WorkOf<K>,
): Promise<{ plan: PlanOf<K>; hash: string }> {
  const plan = await host.plan<K>(work);
  return { plan, hash: digestOf(plan) };
}

/** Accepts work as a job. Work that destroys is planned again: the plan and the word must be those of `confirmed`. */
export async function acceptWork(
  options: WorkOptions,
  work: Work,
  confirmed: Confirmation | null = null,
): Promise<Decision<{ job: string }>> {
  const { jobs, queue, clock, random } = options;
  const plan = await planOf(options, work);
  const hash = digestOf(plan);
  checkConfirmed(plan, hash, confirmed);
  const why = queue.limit.whyWait(plan);
  const job = { ...newJob(`j_${uuid7(clock, random)}`, plan, hash, isoTime(clock)), why };
  const seedHex = newSeedHex(random);
  return {
    record: () => {
      jobs.add(job, plan, seedHex);
      return { job: job.id };
    },
    start: () => queue.startAll(),
  };
}

async function planOf({ host, jobs }: WorkOptions, work: Work): Promise<Plan> {
  if (work.kind !== "verify" || !("job" in work.expect)) return host.plan(work);
  const left = orderOfEnded(jobs, work.expect.job);
  const plan = await host.plan(work, left);
  if (!isSameDevice(plan.identity, left.plan.identity))
    throw leftNothing(left.job, `it was on another disk, ${left.plan.path}`);
  return plan;
}

/** What a job has left is known only when it has ended well, its bad sectors aside. */
const leaving: ReadonlySet<JobState> = new Set(["erased", "erased-with-errors", "done"]);

function orderOfEnded(jobs: Jobs, id: string): JobOrder {
  const { state } = foundJob(jobs, id);
  if (!leaving.has(state)) throw leftNothing(id, `it is ${state}`);
  return jobs.order(id);
}

/** A plan that needs a word is never started without one. */
function checkConfirmed(plan: Plan, hash: string, confirmed: Confirmation | null): void {
  if (plan.confirm === null) return;
  const what = `${workVerbs[plan.kind]} ${plan.path}`;
  if (confirmed?.hash !== hash)
    throw new Refusal(
      "PLAN_CHANGED",
      `Cannot ${what}: the plan is not the one that was confirmed; plan again`,
    );
  const { word, what: whatItIs } = plan.confirm;
  if (confirmed.typed !== word)
    throw new Refusal("WRONG_CONFIRMATION", `Cannot ${what}: the word to type is ${word}, ${whatItIs}`);
}

function newJob(id: string, plan: Plan, planHash: string, createdAt: string): Job {
  const { kind, path, identity } = plan;
  return {
    id,
    kind,
    state: "queued",
    path,
    identity,
    title: titleOf(plan),
    planHash,
    createdAt,
    startedAt: null,
    stopAskedAt: null,
    endedAt: null,
    why: null,
    report: null,
  };
}

function leftNothing(id: string, state: string): Refusal {
  return new Refusal("JOB_LEFT_NOTHING", `Cannot verify what ${id} has left: ${state}`);
}
