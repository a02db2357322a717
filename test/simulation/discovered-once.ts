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

/** A machine that changes: as it is now. */
export interface Changing extends Machine {
  /** Throws for a process that is dead. */
  readonly now: () => Machine;
}

const found = new WeakMap<Machine, Promise<Found[]>>();

/** The places are always the same here. */
export async function discoverWithoutContents(machine: Machine | Changing, places: Places): Promise<Found[]> {
  const text = "now" in machine ? machine.now() : machine;
  let known = found.get(text);
  if (known === undefined) found.set(text, (known = discover(text, places)));
  return known;
}
