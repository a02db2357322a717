/** One machine for all that our station does: a disk on each bus, and drives that erase themselves, as they are needed. */
import assert from "node:assert/strict";
import type { Job } from "@trofie/contract";
import type { FirmwareDrive } from "../../drives/firmware-drive.ts";
import { FaultDisk } from "../../fault-disk/fault-disk.ts";
import type { GuestDisk } from "../../machine/guest-disk.ts";
import { SharedMachine } from "../../machine/shared-machine.ts";
import type { VirtualMachine } from "../../machine/virtual-machine.ts";
import { GuestStation } from "../../stations/guest-station.ts";
import { findingsOf, type RemoteControl } from "../../stations/remote-control.ts";
import { MiB, secret, type Scenario } from "../scenario.ts";

/** Small: everything in the guest is emulated, and thirty times slower. */
export const sizeBytes = 8 * MiB;

/** The disks of this machine are all made of faults. */
export type FaultyGuestDisk = Omit<GuestDisk, "source"> & { readonly source: FaultDisk };

function makeDisks(): FaultyGuestDisk[] {
  const good = (sectorBytes: 512 | 4096 = 512) => new FaultDisk({ sizeBytes, sectorBytes });
  return [
    { bus: "nvme", serial: "NVME-512", source: good() },
    { bus: "nvme", serial: "NVME-4K", source: good(4096) },
    { bus: "sata", serial: "SATA-512", source: good(), wwn: 0x5000c500_00000001n, rotationRpm: 7200 },
    { bus: "scsi", serial: "SCSI-512", source: good(), wwn: 0x5000c500_00000003n, rotationRpm: 10_000 },
    { bus: "scsi", serial: "SCSI-4K", source: good(4096), wwn: 0x5000c500_00000004n },
    { bus: "usb", serial: "USB-512", source: good(), media: "removable" },
    { bus: "uas", serial: "UAS-512", source: good(), wwn: 0x5000c500_00000005n },
    { bus: "virtio", serial: "VIRTIO-512", source: good() },
    {
      bus: "virtio",
      serial: "STATE",
      source: new FaultDisk({ sizeBytes: 32 * MiB, writeCache: "volatile" }),
    },
    { bus: "scsi", serial: "SCSI-RO", source: good(), access: "read-only" },
  ];
}

/** What was put into the machine that is up. */
let inserted: FaultyGuestDisk[] = [];

const shared = new SharedMachine(() => ({
  disks: (inserted = makeDisks()),
  network: "open",
  modules: ["ext4", "loop", "dm-mod", "raid1", "nvme-tcp", "iscsi_tcp"],
}));

let running: { readonly machine: VirtualMachine; readonly station: GuestStation } | null = null;

/** The machine, and our station in it: both are started once, and again after they have ended. */
async function up(): Promise<NonNullable<typeof running>> {
  const machine = await shared.up();
  if (running?.machine === machine) return running;
  await machine.sh(`mkfs.ext4 -q /dev/${await machine.blockDevice("STATE")}`);
  const station = await GuestStation.start(machine, await stateFolderIn(machine));
  shared.keep(station);
  return (running = { machine, station });
}

/** The station's state is on a disk of its own, and outlives the machine. */
export async function stateFolderIn(machine: VirtualMachine): Promise<string> {
  await machine.sh(`mkdir /state && mount /dev/${await machine.blockDevice("STATE")} /state`);
  return "/state/station";
}

export interface Stand {
  readonly machine: VirtualMachine;
  readonly station: GuestStation;
  readonly control: RemoteControl;
  /** Those that can be erased. */
  readonly disks: readonly FaultyGuestDisk[];
  /** What was in the machine when it started, by its serial number. */
  readonly inserted: (serial: string) => FaultyGuestDisk;
  readonly source: (serial: string) => FaultDisk;
  /** Fills a drive with a secret and attaches it; gives its path in the guest. It stays there until the machine ends. */
  readonly attach: (drive: FirmwareDrive) => Promise<string>;
}

export function onStand(name: string, run: (stand: Stand) => Promise<void>): Scenario {
  return {
    name,
    machine: shared,
    run: async () => {
      const { machine, station } = await up();
      const disks = inserted.filter(({ serial, access }) => serial !== "STATE" && access !== "read-only");
      await run({ machine, station, control: station.control, disks, inserted: theOne, source, attach });
    },
  };
}

function theOne(serial: string): FaultyGuestDisk {
  return inserted.find((each) => each.serial === serial)!;
}

function source(serial: string): FaultDisk {
  return theOne(serial).source;
}

async function attach(drive: FirmwareDrive): Promise<string> {
  drive.media.fill(secret);
  return `/dev/${await shared.attach(drive)}`;
}

/** What the report says of the drive's own erase. */
export function firmwareOf(job: Job) {
  const pass = findingsOf(job).passes[0];
  assert.ok(pass?.kind === "firmware", `no firmware pass: ${job.report?.message}`);
  return pass.firmware;
}

export function assertErased(job: Job, drive: FirmwareDrive): void {
  assert.equal(job.state, "erased", `${drive.serial}: ${job.report?.message}`);
  assert.equal(drive.media.countOthers(0), 0, drive.serial);
  const { succeeded, unchangedSamples } = firmwareOf(job);
  assert.deepEqual({ succeeded, unchangedSamples }, { succeeded: true, unchangedSamples: 0 }, drive.serial);
}

export function assertFailed(job: Job, drive: FirmwareDrive, words: RegExp): void {
  assert.equal(job.state, "failed", `${drive.serial}: ${job.report?.message}`);
  assert.match(job.report?.message ?? "", words, drive.serial);
}
