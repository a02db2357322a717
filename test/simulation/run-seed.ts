/** One life of a world, and what came of it. */
import { subscribe } from "node:diagnostics_channel";
import { StoreBroken } from "@trofie/commands";
import type { Breach } from "./god.ts";
import { Killed } from "./life.ts";
import { World, type WorldOptions } from "./world.ts";

export interface Lived {
  readonly seed: number;
  readonly breach: Breach | null;
  readonly hashHex: string;
  readonly lines: readonly string[];
  readonly virtualMs: number;
  readonly steps: World["steps"];
  readonly events: number;
}

let present: World | null = null;

/** What the reactor tells of a handler that threw. */
subscribe("trofie.reactor.fault", (fault) => {
  blame((fault as { error: Error }).error, "a handler");
});
process.on("unhandledRejection", (error) => blame(error, "a promise that nobody waited for"));

function blame(error: unknown, where: string): void {
  if (error instanceof Killed || error instanceof StoreBroken) return;
  present?.god.ourBug(error, where);
}

export async function runSeed(options: WorldOptions): Promise<Lived> {
  const world = new World(options);
  present = world;
  await world.run();
  present = null;
  world.trace.note(`chance ${world.chance.word()}`);
  return {
    seed: options.seed,
    breach: world.god.breach,
    hashHex: world.trace.hashHex,
    lines: world.trace.lines ?? [],
    virtualMs: world.clock.nowMs(),
    steps: world.steps,
    events: world.god.lastSeq,
  };
}
