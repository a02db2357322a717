/**
 * Asking for work. What destroys goes in two steps: a plan is made and shown, then exactly that plan is started. What
 * does not is started at once.
 */
import { operation, query } from "@trofie/commands";
import * as z from "zod";
import { Job, Progress } from "./job.ts";
import { ErasePlan, Image, ImageWritePlan } from "./plan.ts";
import {
  EraseWork,
  HealthWork,
  ImageReadWork,
  ImageWriteWork,
  SpinDownWork,
  UnmountWork,
  VerifyWork,
} from "./work.ts";

/** Why a device may be refused to whatever work. */
const refusals = [
  "DEVICE_NOT_FOUND",
  "DEVICE_IN_USE",
  "DEVICE_IS_SYSTEM",
  "DEVICE_UNUSABLE",
  "DEVICE_READ_ONLY",
] as const;
/** And to what writes to it, or disturbs it. */
const refusalsToWrite = [...refusals, "DEVICE_PROTECTED"] as const;
const imageErrors = ["NO_IMAGES", "IMAGE_NOT_FOUND", "IMAGE_UNUSABLE"] as const;
const confirmation = { hash: z.string().length(64), typed: z.string().max(4096) };
const unconfirmedErrors = ["PLAN_CHANGED", "WRONG_CONFIRMATION"] as const;
const job = { progress: Progress, result: Job, role: "operator" } as const;

const eraseInput = EraseWork.omit({ kind: true });
const eraseErrors = [
  ...refusalsToWrite,
  "ERASE_METHOD_NOT_FOUND",
  "ERASE_NOT_POSSIBLE",
  "TOOL_MISSING",
] as const;

/** Says what an erase would do; changes nothing. `hash` names the plan in `erase.start`. */
export const erasePlan = query({
  input: eraseInput,
  result: z.strictObject({ plan: ErasePlan, hash: z.string() }),
  errors: eraseErrors,
  role: "operator",
});

/** Starts the plan named by `hash`, if planning again gives the same plan and `typed` is its word. */
export const eraseStart = operation({
  input: z.strictObject({ ...eraseInput.shape, ...confirmation }),
  errors: [...eraseErrors, ...unconfirmedErrors],
  ...job,
});

/** Reads a device back and compares it. It ends `done` when every byte was as expected. */
export const verifyStart = operation({
  input: VerifyWork.omit({ kind: true }),
  errors: [...refusals, "JOB_NOT_FOUND", "JOB_LEFT_NOTHING"],
  ...job,
});

/** The files in the station's folder of images. */
export const imageList = query({
  input: z.strictObject({}),
  result: z.strictObject({ images: z.array(Image) }),
  errors: ["NO_IMAGES"],
  role: "viewer",
});

const imageInput = ImageWriteWork.omit({ kind: true });

/** Says what writing an image would do; changes nothing. */
export const imagePlan = query({
  input: imageInput,
  result: z.strictObject({ plan: ImageWritePlan, hash: z.string() }),
  errors: [...refusalsToWrite, ...imageErrors],
  role: "operator",
});

export const imageWrite = operation({
  input: z.strictObject({ ...imageInput.shape, ...confirmation }),
  errors: [...refusalsToWrite, ...imageErrors, ...unconfirmedErrors],
  ...job,
});

/** Reads a whole device into a new file in the station's folder of images. */
export const imageRead = operation({
  input: ImageReadWork.omit({ kind: true }),
  errors: [...refusals, "NO_IMAGES", "IMAGE_EXISTS", "IMAGE_UNUSABLE"],
  ...job,
});

export const healthCheck = operation({
  input: HealthWork.omit({ kind: true }),
  errors: ["DEVICE_NOT_FOUND", "TOOL_MISSING"],
  ...job,
});

export const deviceSpinDown = operation({
  input: SpinDownWork.omit({ kind: true }),
  errors: [...refusalsToWrite, "TOOL_MISSING"],
  ...job,
});

export const deviceUnmount = operation({
  input: UnmountWork.omit({ kind: true }),
  errors: ["DEVICE_NOT_FOUND", "DEVICE_IS_SYSTEM", "DEVICE_PROTECTED"],
  ...job,
});
