/**
 * Discovery, for whoever looks at a simulated machine: `open-planned.ts` among them, whose import `change-sources.ts` leads
 * here. A machine made of text always answers the same, so what the real discovery has found in one is found in it again.
 */
import {
  discoverWithoutContents as discover,
  type Found,
} from "../../packages/disks/src/discovery/discover.ts";
import type { Places } from "../../packages/disks/src/discovery/surroundings.ts";
import type { Machine } from "../../packages/disks/src/machine/machine.ts";

/** A machine made of text, and what the real discovery finds in it. */
export interface Seen {
  readonly machine: Machine;
  readonly found: Promise<Found[]>;
}

/** A machine that changes. */
export interface Changing extends Machine {
  /** As it is now. Throws for a process that is dead. */
  readonly now: () => Seen;
}

export function look(machine: Machine, places: Places): Seen {
  return { machine, found: discover(machine, places) };
}

/** The places are always the same here. @public for the source that is changed */
export async function discoverWithoutContents(machine: Changing): Promise<Found[]> {
  return machine.now().found;
}
