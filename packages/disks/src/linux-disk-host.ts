/** The disks of this machine. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { ErasePlan } from "@trofie/contract";
import { probedContents } from "./discovery/contents.ts";
import { ContentsMemory } from "./discovery/contents-memory.ts";
import { discover, discoverWithoutContents } from "./discovery/discover.ts";
import type { DiskHost } from "./disk-host.ts";
import { findDevice } from "./discovery/find-device.ts";
import { linuxMachine } from "./machine/linux-machine.ts";
import type { Machine } from "./machine/machine.ts";
import { makePlan } from "./erase/make-plan.ts";
import { isProcessAlive, readBootId } from "./machine/process-id.ts";
import { spawnJob } from "./job/spawn-job.ts";
import type { Places } from "./discovery/surroundings.ts";

export interface LinuxDiskHostOptions {
  /** The only folder whose regular files are devices, to practise on; none without it. */
  readonly practiceFolder?: string;
  /** Where the station keeps its journal; the disk under it is never erased. */
  readonly stateFolder?: string;
  /** For tests. */
  readonly machine?: Machine;
}

/** Throws when the practice folder is the state folder: its files would be offered for erasing. */
export function linuxDiskHost(options: LinuxDiskHostOptions = {}): DiskHost {
  const machine = options.machine ?? linuxMachine();
  const places = placesOf(options);
  const memory = new ContentsMemory();
  return {
    list: async () => (await discover(machine, places, memory)).map(({ device }) => device),
    plan: (path, method) => plan(machine, places, path, method),
    start: (order, onEvent) => spawnJob(machine, { type: "order", plan: order.plan, places }, onEvent),
    isAlive: (process) => isProcessAlive(machine, process),
  };
}

/** Only a device that would not be refused is probed. */
async function plan(machine: Machine, places: Places, path: string, method: string): Promise<ErasePlan> {
  const found = await findDevice(machine, await discoverWithoutContents(machine, places), places, path);
  const isRefused = found.device.refusal !== null;
  const holds = isRefused ? [] : await probedContents(machine, found.regions);
  const bootId = await readBootId(machine);
  return makePlan(found, method, holds, bootId);
}

function placesOf({ practiceFolder, stateFolder }: LinuxDiskHostOptions): Places {
  if (
    practiceFolder !== undefined &&
    stateFolder !== undefined &&
    isSameFolder(practiceFolder, stateFolder)
  ) {
    throw new Error(`Cannot practise in ${practiceFolder}: it is the station's state folder`);
  }
  const needed = [process.cwd(), process.execPath, process.argv[1], stateFolder];
  return {
    practiceFolder: practiceFolder === undefined ? null : resolve(practiceFolder),
    needed: needed.filter((path) => path !== undefined).map((path) => resolve(path)),
  };
}

function isSameFolder(a: string, b: string): boolean {
  return realFolder(a) === realFolder(b);
}

/** A folder that is not there yet is where its path says. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
