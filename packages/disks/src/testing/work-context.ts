/** Plans and carries out work in a test as a station and a job's process do, without the process. */
import { findDevice } from "../discovery/find-device.ts";
import { discoverWithoutContents } from "../discovery/discover.ts";
import { probedContents } from "../discovery/contents.ts";
import type { Places } from "../discovery/surroundings.ts";
import type { JobEvent, WorkOf } from "../disk-host.ts";
import type { JobContext } from "../job/job-context.ts";
import { PauseGate } from "../job/pause-gate.ts";
import type { MakePlan } from "../job/plan-context.ts";
import type { Machine } from "../machine/machine.ts";
import { readBootId } from "../machine/process-id.ts";
import type { PlanOf, WorkKind } from "@trofie/contract";

export async function planOf<K extends WorkKind>(
  machine: Machine,
  places: Places,
  makePlan: MakePlan<K>,
  work: WorkOf<K>,
): Promise<PlanOf<K>> {
  const found = await findDevice(machine, await discoverWithoutContents(machine, places), places, work.path);
  const holds = () => probedContents(machine, found.regions);
  return makePlan({ machine, places, found, bootId: await readBootId(machine), holds, left: null }, work);
}

export interface WorkContext<K extends WorkKind> {
  readonly context: JobContext<K>;
  /** Progress is told once, at the end. */
  readonly events: JobEvent[];
  readonly gate: PauseGate;
  /** As a station's stop. */
  readonly stop: () => void;
}

/** What a job's process would give to its work. Its clock goes on by a millisecond at each look, and waits for nobody. */
export function workContext<K extends WorkKind>(
  machine: Machine,
  places: Places,
  plan: PlanOf<K>,
): WorkContext<K> {
  const events: JobEvent[] = [];
  const stopping = new AbortController();
  const gate = new PauseGate();
  let nowMs = 0;
  const context: JobContext<K> = {
    machine,
    places,
    plan,
    seedHex: "5e".repeat(32),
    checkpoint: null,
    signal: stopping.signal,
    gate,
    clock: { nowMs: () => (nowMs += 1), every: () => () => {}, wait: async () => {} },
    tell: (event) => events.push(event),
    keep: async () => {},
  };
  const stop = () => {
    stopping.abort();
    gate.resume();
  };
  return { context, events, gate, stop };
}
