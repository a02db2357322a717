/** How this station carries out each method of the contract. */
import type { Handlers } from "@trofie/commands";
import type { Job, StationContract } from "@trofie/contract";
import { acceptWork, showPlan, type WorkOptions } from "./accept-work.ts";
import type { PageAccess } from "./access.ts";
import type { DeviceWatch } from "./device-watch.ts";
import { foundJob } from "./found-job.ts";
import { pauseJob } from "./pause-job.ts";
import { resumeJob } from "./resume-job.ts";
import { stopJob } from "./stop-job.ts";

export interface HandlersOptions extends WorkOptions {
  readonly devices: DeviceWatch;
  readonly access: PageAccess;
  /** Told of each job that has its outcome, after that is durable. */
  readonly ended: (job: Job) => void;
}

/** A list of jobs is at most about so long, however long their reports are: a client takes no longer message than 4 MiB. */
const lettersOfList = 1_048_576;

export function stationHandlers(options: HandlersOptions): Handlers<StationContract> {
  const { host, devices, jobs, access } = options;
  return {
    "device.list": async () => {
      await devices.look();
      return { devices: [...devices.devices] };
    },

    "erase.plan": (input) => showPlan(options, { kind: "erase", ...input }),
    "erase.start": ({ hash, typed, ...input }) =>
      acceptWork(options, { kind: "erase", ...input }, { hash, typed }),
    "verify.start": (input) => acceptWork(options, { kind: "verify", ...input }),

    "image.list": async () => ({ images: await host.images() }),
    "image.plan": (input) => showPlan(options, { kind: "image-write", ...input }),
    "image.write": ({ hash, typed, ...input }) =>
      acceptWork(options, { kind: "image-write", ...input }, { hash, typed }),
    "image.read": (input) => acceptWork(options, { kind: "image-read", ...input }),

    "health.check": (input) => acceptWork(options, { kind: "health", ...input }),
    "device.spinDown": (input) => acceptWork(options, { kind: "spin-down", ...input }),
    "device.unmount": (input) => acceptWork(options, { kind: "unmount", ...input }),

    "job.list": ({ limit, open }) => ({
      jobs: open ? jobs.open().toReversed().slice(0, limit) : jobs.newestWithin(limit, lettersOfList),
    }),
    "job.get": ({ job }) => ({ job: foundJob(jobs, job) }),
    "job.stop": ({ job }) => stopJob(options, job),
    "job.pause": ({ job }) => pauseJob(options, job),
    "job.resume": ({ job }) => resumeJob(options, job),

    "page.link": () => ({ url: access.newLink() }),
  };
}
