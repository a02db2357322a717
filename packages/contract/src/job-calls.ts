/** Calls about jobs. */
import { command, query } from "@trofie/commands";
import * as z from "zod";
import { Job } from "./job.ts";

const named = z.strictObject({ job: z.string() });
const answered = z.strictObject({ job: Job });

/** The newest jobs, newest first. Fewer than `limit` where their reports are long: at least one, and about 1 MiB at most. */
export const jobList = query({
  input: z.strictObject({
    limit: z.int().min(1).max(1000),
    /** Only jobs that have not ended. */
    open: z.boolean().default(false),
  }),
  result: z.strictObject({ jobs: z.array(Job) }),
  errors: [],
  role: "viewer",
});

/** One job as it stands. */
export const jobGet = query({ input: named, result: answered, errors: ["JOB_NOT_FOUND"], role: "viewer" });

/** Stops a job. Answered at once; the job ends `stopped` when its last write in flight has come back. */
export const jobStop = command({
  input: named,
  result: answered,
  errors: ["JOB_NOT_FOUND", "JOB_ENDED"],
  role: "operator",
});

/** Pauses a job: it keeps its device, and begins no block until it is resumed. */
export const jobPause = command({
  input: named,
  result: answered,
  errors: ["JOB_NOT_FOUND", "JOB_ENDED", "JOB_CANNOT_PAUSE"],
  role: "operator",
});

/** Lets a paused job go on, and an interrupted one, at the first byte that is not known to be durable. */
export const jobResume = command({
  input: named,
  result: answered,
  errors: ["JOB_NOT_FOUND", "JOB_ENDED", "JOB_CANNOT_RESUME"],
  role: "operator",
});
