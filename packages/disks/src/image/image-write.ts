import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";

export const makeImageWritePlan: MakePlan<"image-write"> = async () => {
  throw new Error("not yet");
};

export const carryOutImageWrite: CarryOut<"image-write"> = async () => {
  throw new Error("not yet");
};
