/** The disks of this machine. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { workVerbs, type PlanOf, type WorkKind } from "@trofie/contract";
import { probedContents } from "./discovery/contents.ts";
import { DeviceMemory } from "./discovery/device-memory.ts";
import { discover, discoverWithoutContents, type Found } from "./discovery/discover.ts";
import { findDevice } from "./discovery/find-device.ts";
import { linuxHotPlug } from "./discovery/linux-hot-plug.ts";
import { WritersMemory } from "./discovery/open-elsewhere.ts";
import { checkProtectedName } from "./discovery/protected.ts";
import type { Places } from "./discovery/surroundings.ts";
import type { DiskHost, JobOrder, WorkOf } from "./disk-host.ts";
import { makeErasePlan } from "./erase/make-plan.ts";
import { makeHealthPlan } from "./health/health.ts";
import { makeImageReadPlan } from "./image/image-read.ts";
import { makeImageWritePlan } from "./image/image-write.ts";
import { listImages } from "./image/list-images.ts";
import type { MakePlan, PlanContext } from "./job/plan-context.ts";
import { spawnJob } from "./job/spawn-job.ts";
import { linuxMachine } from "./machine/linux-machine.ts";
import type { Machine } from "./machine/machine.ts";
import { isProcessAlive, readBootId } from "./machine/process-id.ts";
import { makeSpinDownPlan } from "./upkeep/spin-down.ts";
import { makeUnmountPlan } from "./upkeep/unmount.ts";
import { makeVerifyPlan } from "./verify/make-plan.ts";

export interface LinuxDiskHostOptions {
  /** The only folder whose regular files are devices, to practise on; none without it. */
  readonly practiceFolder?: string;
  /** The only folder whose files can be written to devices, and where images of devices are put; none without it. */
  readonly imagesFolder?: string;
  /** Where the station keeps its journal; the disk under it is never erased. */
  readonly stateFolder?: string;
  /**
   * The devices that are not to be written to, unmounted or stopped, each by "serial:…", "wwn:…", a path, or a glob of
   * paths. A link is looked up each time: whatever it leads to then is protected.
   */
  readonly protect?: readonly string[];
  /** For tests. */
  readonly machine?: Machine;
}

const planMakers: { readonly [K in WorkKind]: MakePlan<K> } = {
  erase: makeErasePlan,
  verify: makeVerifyPlan,
  "image-write": makeImageWritePlan,
  "image-read": makeImageReadPlan,
  health: makeHealthPlan,
  "spin-down": makeSpinDownPlan,
  unmount: makeUnmountPlan,
};

export interface LinuxDiskHost extends DiskHost {
  /** Those of `protect` that no device answers to now. */
  absentProtected(): Promise<string[]>;
}

/**
 * Throws when the practice folder is the state folder, for its files would be offered for erasing; and when what is to be
 * protected cannot be read as a name.
 */
export function linuxDiskHost(options: LinuxDiskHostOptions = {}): LinuxDiskHost {
  const machine = options.machine ?? linuxMachine();
  const places = placesOf(options);
  const earlierJobs = new Set<string>();
  const memory = new DeviceMemory(earlierJobs);
  return {
    list: async () => (await discover(machine, places, memory)).map(({ device }) => device),
    images: () => listImages(machine, places),
    async plan(work, left) {
      const devices = await discoverWithoutContents(machine, places, new WritersMemory(earlierJobs));
      return planOf({ machine, places, memory, devices }, work, left ?? null);
    },
    start: (order, onEvent) => spawnJob(machine, { type: "order", ...order, places }, onEvent),
    async isAlive(process) {
      const isAlive = await isProcessAlive(machine, process);
      if (isAlive) earlierJobs.add(String(process.pid));
      else earlierJobs.delete(String(process.pid));
      return isAlive;
    },
    watch: (onChange, signal) => linuxHotPlug(onChange, signal),
    async absentProtected() {
      if (places.protected.length === 0) return [];
      const devices = await discoverWithoutContents(machine, places, new WritersMemory(earlierJobs));
      const answering = new Set(devices.flatMap(({ protectedBy }) => protectedBy));
      return places.protected.filter((name) => !answering.has(name));
    },
  };
}

interface Sight {
  readonly machine: Machine;
  readonly places: Places;
  readonly memory: DeviceMemory;
  readonly devices: readonly Found[];
}

async function planOf<K extends WorkKind>(
  { machine, places, memory, devices }: Sight,
  work: WorkOf<K>,
  left: JobOrder | null,
): Promise<PlanOf<K>> {
  const asked = await findDevice(machine, devices, places, work.path, workVerbs[work.kind]);
  const found = await memory.hiddenAreas.withHiddenAreas(machine, asked);
  const holds = () => probedContents(machine, found.regions);
  const context: PlanContext = { machine, places, found, bootId: await readBootId(machine), holds, left };
  return planMakers[work.kind](context, work);
}

function placesOf(options: LinuxDiskHostOptions): Places {
  const { practiceFolder, imagesFolder, stateFolder, protect = [] } = options;
  protect.forEach(checkProtectedName);
  for (const [what, folder] of [
    ["practise", practiceFolder],
    ["keep images", imagesFolder],
  ] as const) {
    if (folder !== undefined && stateFolder !== undefined && isSameFolder(folder, stateFolder))
      throw new Error(`Cannot ${what} in ${folder}: it is the station's state folder`);
  }
  const needed = [process.cwd(), process.execPath, process.argv[1], stateFolder, imagesFolder];
  return {
    practiceFolder: practiceFolder === undefined ? null : resolve(practiceFolder),
    imagesFolder: imagesFolder === undefined ? null : resolve(imagesFolder),
    needed: needed.filter((path) => path !== undefined).map((path) => resolve(path)),
    protected: protect,
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
