/** Erasing, in two steps: a plan is made and shown, then exactly that plan is started. */
import { operation, query } from "@trofie/commands";
import * as z from "zod";
import { Job, Progress } from "./job.ts";
import { ErasePlan } from "./plan.ts";

const target = { path: z.string().min(1, "no device is named").max(4096), method: z.string().min(1).max(64) };

/** Says what an erase would do; changes nothing. `hash` names the plan in `erase.start`. */
export const erasePlan = query({
  input: z.strictObject(target),
  result: z.strictObject({ plan: ErasePlan, hash: z.string() }),
  errors: [
    "DEVICE_NOT_FOUND",
    "DEVICE_IN_USE",
    "DEVICE_IS_SYSTEM",
    "DEVICE_READ_ONLY",
    "ERASE_METHOD_NOT_FOUND",
  ],
  role: "operator",
});

/** Starts the plan named by `hash`, if planning again gives the same plan and `typed` is its word. */
export const eraseStart = operation({
  input: z.strictObject({ ...target, hash: z.string().length(64), typed: z.string().max(4096) }),
  progress: Progress,
  result: Job,
  errors: [...erasePlan.errors, "PLAN_CHANGED", "WRONG_CONFIRMATION"],
  role: "operator",
});
