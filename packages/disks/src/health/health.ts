import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";

export const makeHealthPlan: MakePlan<"health"> = async () => {
  throw new Error("not yet");
};

export const carryOutHealth: CarryOut<"health"> = async () => {
  throw new Error("not yet");
};
