/** What the two processes of a job say to each other over their channel. */
import type { ErasePlan, JobReport } from "@trofie/contract";
import type { JobEvent } from "../disk-host.ts";
import type { Places } from "../discovery/surroundings.ts";

export interface Order {
  readonly type: "order";
  readonly plan: ErasePlan;
  readonly places: Places;
}

export type ToJob = Order | { readonly type: "go" } | { readonly type: "stop" };

export type FromJob =
  | { readonly type: "ready" }
  | { readonly type: "event"; readonly event: JobEvent }
  | { readonly type: "refused"; readonly code: string; readonly message: string }
  | { readonly type: "report"; readonly report: JobReport };
