import { FaultDisk } from "../fault-disk/fault-disk.ts";
import type { Bus, GuestDisk } from "../machine/guest-disk.ts";
import { SharedMachine } from "../machine/shared-machine.ts";
import type { VirtualMachine } from "../machine/virtual-machine.ts";
import { zoo } from "../machine/zoo.ts";
import { MiB, scenarioIn, type Scenario } from "./scenario.ts";

/** One of each kind. */
export const goodDisks: readonly GuestDisk[] = zoo();

const buses: readonly Bus[] = ["nvme", "sata", "scsi", "usb", "uas", "virtio"];

/** One on each bus: a sector that cannot be read, and two that cannot be written. */
export const badDisks: readonly GuestDisk[] = buses.map((bus) => ({
  bus,
  serial: `BAD-${bus.toUpperCase()}`,
  source: new FaultDisk({
    sizeBytes: 32 * MiB,
    faults: {
      badSectors: [
        { first: 1000, fails: "reads" },
        { first: 2000, count: 2, fails: "writes" },
      ],
    },
  }),
}));

const shared = new SharedMachine(() => ({ disks: [...goodDisks, ...badDisks] }));

/** In a machine with a disk of every kind, that none of the scenarios changes so that another would mind. */
export function withZoo(name: string, run: (machine: VirtualMachine) => Promise<void>): Scenario {
  return scenarioIn(shared, name, run);
}
