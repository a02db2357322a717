/** Machines, written down once for several tests: what sysfs, /proc and the trade's tools say on each. */
import type { Places } from "../discovery/surroundings.ts";
import { board } from "./machines/board.ts";
import { hybridServer, hybridServerPrograms } from "./machines/hybrid-server.ts";
import { laptop, laptopPrograms } from "./machines/laptop.ts";
import { diskless, liveStick, ramSystem } from "./machines/live-systems.ts";
import { nvmeServer, nvmeServerPrograms } from "./machines/nvme-server.ts";
import { oddDisks } from "./machines/odd-disks.ts";
import { bcacheBox, btrfsDesktop, zfsHypervisor, zfsHypervisorPrograms } from "./machines/pools.ts";
import { sasShelf, sasShelfPrograms } from "./machines/sas-shelf.ts";
import { storageTarget } from "./machines/storage-target.ts";
import { twins } from "./machines/twins.ts";
import { multipath, systemOnTwoWays, twoWays } from "./machines/two-ways.ts";
import { usbDocks } from "./machines/usb-docks.ts";
import { virtualMachine } from "./machines/virtual-machine.ts";
import { workbench } from "./machines/workbench.ts";
import type { MemoryMachineOptions, Tree } from "./memory-machine.ts";

export {
  board,
  laptop,
  sasShelf,
  sasShelfPrograms,
  storageTarget,
  twins,
  twoWays,
  usbDocks,
  virtualMachine,
  workbench,
};

export const nowhere: Places = { practiceFolder: null, imagesFolder: null, needed: [], protected: [] };

/** All of them, by a name for tests. */
export const machines: Readonly<Record<string, { readonly tree: Tree } & MemoryMachineOptions>> = {
  laptop: { tree: laptop, programs: laptopPrograms },
  workbench: { tree: workbench },
  twins: { tree: twins },
  "virtual machine": { tree: virtualMachine },
  "SAS shelf": { tree: sasShelf, programs: sasShelfPrograms },
  "hybrid server": { tree: hybridServer, programs: hybridServerPrograms },
  multipath: { tree: multipath },
  "two ways": { tree: twoWays },
  "system on two ways": { tree: systemOnTwoWays },
  "USB docks": { tree: usbDocks },
  board: { tree: board },
  "ZFS hypervisor": { tree: zfsHypervisor, programs: zfsHypervisorPrograms },
  "btrfs desktop": { tree: btrfsDesktop },
  "bcache box": { tree: bcacheBox },
  "NVMe server": { tree: nvmeServer, programs: nvmeServerPrograms },
  "odd disks": { tree: oddDisks },
  "live stick": { tree: liveStick },
  "system in memory": { tree: ramSystem },
  diskless: { tree: diskless },
  "storage target": { tree: storageTarget },
};
