/** One machine with a good disk on each bus, and our station in it: most of our scenarios play there. */
import { FaultDisk } from "../../fault-disk/fault-disk.ts";
import type { GuestDisk } from "../../machine/guest-disk.ts";
import { SharedMachine, type Shared } from "../../machine/shared-machine.ts";
import { MiB, type Scenario } from "../scenario.ts";

/** Small: everything in the guest is emulated, and thirty times slower. */
export const sizeBytes = 8 * MiB;

type DiskOf<Source> = Omit<GuestDisk, "source"> & { readonly source: Source };
/** The disks of this machine are all made of faults. */
export type FaultyGuestDisk = DiskOf<FaultDisk>;

function disk(
  bus: GuestDisk["bus"],
  serial: string,
  more: Partial<GuestDisk> = {},
  sectorBytes: 512 | 4096 = 512,
): FaultyGuestDisk {
  return { bus, serial, ...more, source: new FaultDisk({ sizeBytes, sectorBytes }) };
}

function makeDisks(): FaultyGuestDisk[] {
  return [
    disk("nvme", "NVME-512"),
    disk("nvme", "NVME-4K", {}, 4096),
    disk("sata", "SATA-512", { wwn: 0x5000c500_00000001n, rotationRpm: 7200 }),
    disk("scsi", "SCSI-512", { wwn: 0x5000c500_00000003n, rotationRpm: 10_000 }),
    disk("scsi", "SCSI-4K", { wwn: 0x5000c500_00000004n }, 4096),
    disk("usb", "USB-512", { media: "removable" }),
    disk("uas", "UAS-512", { wwn: 0x5000c500_00000005n }),
    disk("virtio", "VIRTIO-512"),
    disk("virtio", "VIRTIO-4K", {}, 4096),
    disk("scsi", "SCSI-RO", { access: "read-only" }),
  ];
}

/** What was put into the machine that is up. */
let inserted: FaultyGuestDisk[] = [];

const shared = new SharedMachine(() => ({
  disks: (inserted = makeDisks()),
  modules: ["ext4", "loop", "dm-mod", "raid1"],
}));

export interface EveryBus extends Shared {
  /** Those that can be written. */
  readonly disks: readonly FaultyGuestDisk[];
  /** The medium behind a serial number. */
  readonly source: (serial: string) => FaultDisk;
}

export function onEveryBus(name: string, run: (place: EveryBus) => Promise<void>): Scenario {
  return {
    name,
    machine: shared,
    run: async () => {
      const { machine, station } = await shared.up();
      const disks = inserted.filter(({ access }) => access !== "read-only");
      await run({ machine, station, disks, source });
    },
  };
}

function source(serial: string): FaultDisk {
  return inserted.find((each) => each.serial === serial)!.source;
}
