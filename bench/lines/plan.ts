import type { Peer } from "./peers/peer.ts";
import type { Figure } from "./report/goals.ts";
import type { Table } from "../figures/table.ts";

/** What is asked for. */
export interface Plan {
  readonly rounds: number;
  /** Of one measurement of one peer in one round. */
  readonly seconds: number;
  readonly peers: readonly Peer[];
  /** Says whether a workload is wanted. */
  readonly wants: (workload: string) => boolean;
}

/** What came out. */
export interface Outcome {
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

/** Measures some workloads of one kind. */
export type Workload = (plan: Plan) => Promise<Outcome>;
