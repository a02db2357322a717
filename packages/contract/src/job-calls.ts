/** Calls about jobs. */
import { command, query } from "@trofie/commands";
import * as z from "zod";
import { Job } from "./job.ts";

/** The newest jobs, newest first. */
export const jobList = query({
  input: z.strictObject({ limit: z.int().min(1).max(1000) }),
  result: z.strictObject({ jobs: z.array(Job) }),
  errors: [],
  role: "viewer",
});

/** One job as it stands. */
export const jobGet = query({
  input: z.strictObject({ job: z.string() }),
  result: z.strictObject({ job: Job }),
  errors: ["JOB_NOT_FOUND"],
  role: "viewer",
});

/** Stops a job. Answered at once; the job ends `stopped` when its last write in flight has come back. */
export const jobStop = command({
  input: z.strictObject({ job: z.string() }),
  result: z.strictObject({ job: Job }),
  errors: ["JOB_NOT_FOUND", "JOB_ENDED"],
  role: "operator",
});
