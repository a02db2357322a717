import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";

export const makeUnmountPlan: MakePlan<"unmount"> = async () => {
  throw new Error("not yet");
};

export const carryOutUnmount: CarryOut<"unmount"> = async () => {
  throw new Error("not yet");
};
