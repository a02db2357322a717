import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";

export const makeImageReadPlan: MakePlan<"image-read"> = async () => {
  throw new Error("not yet");
};

export const carryOutImageRead: CarryOut<"image-read"> = async () => {
  throw new Error("not yet");
};
