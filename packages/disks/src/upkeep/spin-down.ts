import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";

export const makeSpinDownPlan: MakePlan<"spin-down"> = async () => {
  throw new Error("not yet");
};

export const carryOutSpinDown: CarryOut<"spin-down"> = async () => {
  throw new Error("not yet");
};
