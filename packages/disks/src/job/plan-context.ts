/** What making a plan knows of its device. Each kind of work has one function of this shape. */
import type { Content, PlanOf, WorkKind } from "@trofie/contract";
import type { JobOrder, WorkOf } from "../disk-host.ts";
import type { Found } from "../discovery/discover.ts";
import type { Places } from "../discovery/surroundings.ts";
import type { Machine } from "../machine/machine.ts";

export interface PlanContext {
  readonly machine: Machine;
  readonly places: Places;
  readonly found: Found;
  readonly bootId: string;
  /** Reads what the device holds now; null when that could not be read in time. Only of a device that is not refused. */
  readonly holds: () => Promise<Content[] | null>;
  /** The earlier job that the work is about. */
  readonly left: JobOrder | null;
}

/** Throws a `Refusal` where the work cannot be done to that device. */
export type MakePlan<K extends WorkKind> = (context: PlanContext, work: WorkOf<K>) => Promise<PlanOf<K>>;
