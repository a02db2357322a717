/**
 * Whether an interrupted job can go on, and how it does: it waits for its turn again, with its seed and its newest
 * checkpoint. What it then finds on the disk its process proves itself.
 *
 * What was confirmed once is not confirmed for ever: it goes on only where nobody has used the disk for something else.
 */
import { isSameDevice, workKinds, type Content, type Device, type Job, type Plan } from "@trofie/contract";
import type { Jobs } from "./jobs.ts";

export type Prospect = { readonly device: Device } | { readonly whyNot: string };

/** Whether the job can go on now, with the devices that are there. */
export function prospectOf(job: Job, jobs: Jobs, devices: readonly Device[]): Prospect {
  const overtaken = whyOvertaken(job, jobs);
  if (overtaken !== null) return { whyNot: overtaken };
  const device = devices.find(({ identity }) => isSameDevice(identity, job.identity));
  if (device === undefined) return { whyNot: "its disk is not there" };
  // Of one that never had its turn: what the jobs before it leave there is no concern.
  if (job.startedAt === null && isInLineFor(device, job)) return { device };
  const [content] = newContents(jobs.plan(job.id), device);
  if (content !== undefined)
    return { whyNot: `its disk holds ${contentText(content)} now, which nobody has confirmed to erase` };
  return { device };
}

/**
 * Null unless a job that was asked for later has had the disk. So jobs that destroy begin in the order in which they were
 * asked for: one that goes on finds the disk as it left it itself, and may believe its checkpoint.
 */
export function whyOvertaken(job: Job, jobs: Jobs): string | null {
  const later = jobs.begunAfter(job.id).find((other) => hasOverwritten(other, job));
  return later === undefined ? null : `${later.id} (${later.title}) has had the disk since`;
}

/**
 * Lines the job up again, for the device as it is found now; only inside the journal's `commit`. `why` says what it may
 * have to wait for besides its device.
 */
export function goOn(job: Job, jobs: Jobs, device: Device, why: string | null): void {
  const { path, identity } = device;
  jobs.setRests(job.id, false);
  if (isInLineFor(device, job) && job.why === why) return;
  jobs.change(job.id, { state: "queued", path, identity, why });
}

/** Whether the job waits for the device where it is. */
function isInLineFor({ path, identity }: Device, job: Job): boolean {
  return job.state === "queued" && job.path === path && job.identity.diskseq === identity.diskseq;
}

function hasOverwritten(other: Job, job: Job): boolean {
  return workKinds[other.kind].destroys && isSameDevice(other.identity, job.identity);
}

/** What an erase would destroy without anybody having been shown it. An image's own contents are new by nature. */
function newContents(plan: Plan, { holds }: Device): Content[] {
  if (plan.kind !== "erase") return [];
  return holds.filter((found) => !plan.holds.some((confirmed) => isSameContent(found, confirmed)));
}

/** Wherever it stands: the disk may have another name now. */
function isSameContent(a: Content, b: Content): boolean {
  return a.type === b.type && a.label === b.label && a.sizeBytes === b.sizeBytes;
}

function contentText({ type, label }: Content): string {
  return label === null ? type : `${type} "${label}"`;
}
