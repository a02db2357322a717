import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";

export const makeVerifyPlan: MakePlan<"verify"> = async () => {
  throw new Error("not yet");
};

export const carryOutVerify: CarryOut<"verify"> = async () => {
  throw new Error("not yet");
};
