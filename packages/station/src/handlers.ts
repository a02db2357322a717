/** How this station carries out each method of the contract. */
import { createHash } from "node:crypto";
import { Refusal, uuid7, type Handlers } from "@trofie/commands";
import { isOutcome, type ErasePlan, type Job, type StationContract } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock, Random } from "@trofie/reactor";
import canonicalize from "canonicalize";
import type { PageAccess } from "./access.ts";
import type { DeviceWatch } from "./device-watch.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Jobs } from "./jobs.ts";
import { isoTime } from "./world.ts";

export interface HandlersOptions {
  readonly host: DiskHost;
  readonly devices: DeviceWatch;
  readonly jobs: Jobs;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly access: PageAccess;
}

export function stationHandlers(options: HandlersOptions): Handlers<StationContract> {
  const { host, devices, jobs, queue, clock, random, access } = options;
  return {
    "device.list": async () => {
      await devices.look();
      return { devices: [...devices.devices] };
    },

    "erase.plan": async ({ path, method }) => {
      const plan = await host.plan(path, method);
      return { plan, hash: digestOf(plan) };
    },

    "erase.start": async ({ path, method, hash, typed }) => {
      const plan = await host.plan(path, method);
      if (digestOf(plan) !== hash) throw planChanged(plan);
      if (typed !== plan.confirm.word) throw wrongConfirmation(plan);
      const job = newJob(`j_${uuid7(clock, random)}`, plan, hash, isoTime(clock));
      return {
        record: () => {
          jobs.add(job, plan);
          return { job: job.id };
        },
        start: () => queue.startAll(),
      };
    },

    "job.list": ({ limit }) => ({ jobs: jobs.newest(limit) }),

    "job.get": ({ job }) => ({ job: find(jobs, job) }),

    "job.stop": ({ job: id }) => {
      const { state } = find(jobs, id);
      if (isOutcome(state))
        throw new Refusal("JOB_ENDED", `Cannot stop ${id}: it has ended already, ${state}`);
      return { record: () => ({ job: queue.recordStop(id) }), start: ({ job }) => queue.carryOutStop(job) };
    },

    "page.link": () => ({ url: access.newLink() }),
  };
}

/** SHA-256 over the canonical form (RFC 8785), in hex: equal exactly for equal content. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(canonicalize(value)!).digest("hex");
}

function newJob(id: string, plan: ErasePlan, planHash: string, createdAt: string): Job {
  const { path, identity, method } = plan;
  return {
    id,
    kind: "erase",
    state: "queued",
    path,
    identity,
    method: method.id,
    planHash,
    createdAt,
    startedAt: null,
    stopAskedAt: null,
    endedAt: null,
    report: null,
  };
}

function find(jobs: Jobs, id: string): Job {
  const job = jobs.get(id);
  if (!job) throw new Refusal("JOB_NOT_FOUND", `Cannot find job ${id}: this station has no such job`);
  return job;
}

function planChanged(plan: ErasePlan): Refusal {
  return new Refusal(
    "PLAN_CHANGED",
    `Cannot erase ${plan.path}: the plan is not the one that was confirmed; plan again`,
  );
}

function wrongConfirmation({ path, confirm }: ErasePlan): Refusal {
  return new Refusal(
    "WRONG_CONFIRMATION",
    `Cannot erase ${path}: the word to type is ${confirm.word}, ${confirm.what}`,
  );
}
