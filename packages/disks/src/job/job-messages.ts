/** What the two processes of a job say to each other over their channel. */
import type { JobReport } from "@trofie/contract";
import type { JobEvent, JobOrder } from "../disk-host.ts";
import type { Places } from "../discovery/surroundings.ts";

export interface Order extends JobOrder {
  readonly type: "order";
  readonly places: Places;
}

export type ToJob =
  | Order
  | { readonly type: "go" }
  | { readonly type: "stop" }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  /** The checkpoint with that number is kept. */
  | { readonly type: "kept"; readonly number: number };

export type FromJob =
  | { readonly type: "ready" }
  | { readonly type: "event"; readonly event: JobEvent }
  /** A checkpoint that the work waits for; `event` is to be handled as any other, and then answered with `kept`. */
  | { readonly type: "keep"; readonly number: number; readonly event: JobEvent }
  | { readonly type: "refused"; readonly code: string; readonly message: string }
  | { readonly type: "interrupted"; readonly message: string }
  | { readonly type: "report"; readonly report: JobReport };
