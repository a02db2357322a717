import type { SharedMachine } from "../machine/shared-machine.ts";
import type { VirtualMachine } from "../machine/virtual-machine.ts";

/** Something that happens to disks, told from its beginning to its end. Its name is a sentence that must be true. */
export interface Scenario {
  readonly name: string;
  readonly run: () => Promise<void>;
  /** The machine that it shares with its neighbours; without one it makes what it needs. */
  readonly machine?: SharedMachine;
  /** More than half a minute: left out of a quick run. */
  readonly isLong?: boolean;
}

export function long(one: Scenario): Scenario {
  return { ...one, isLong: true };
}

export function scenario(name: string, run: () => Promise<void>): Scenario {
  return { name, run };
}

/** One that plays in a machine together with its neighbours. */
export function scenarioIn(
  machine: SharedMachine,
  name: string,
  run: (machine: VirtualMachine) => Promise<void>,
): Scenario {
  return { name, machine, run: async () => run(await machine.up()) };
}

export const MiB = 2 ** 20;

/** Something that a person would recognise if it were still there. */
export const secret = "SECRET\n";
