/** Machines in which our station runs, with disks on every bus or drives that erase themselves. */
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

const good = (sectorBytes: 512 | 4096 = 512) => new FaultDisk({ sizeBytes, sectorBytes });

/** One for each way in which there is none of a drive's own erase. */
function fewDisks(): FaultyGuestDisk[] {
  return [
    { bus: "nvme", serial: "NVME-512", source: good() },
    { bus: "sata", serial: "SATA-512", source: good(), wwn: 0x5000c500_00000001n, rotationRpm: 7200 },
    { bus: "usb", serial: "USB-512", source: good(), media: "removable" },
    { bus: "virtio", serial: "VIRTIO-512", source: good() },
    {
      bus: "virtio",
      serial: "STATE",
      source: new FaultDisk({ sizeBytes: 32 * MiB, writeCache: "volatile" }),
    },
  ];
}

function manyDisks(): FaultyGuestDisk[] {
  return [
    ...fewDisks(),
    { bus: "nvme", serial: "NVME-4K", source: good(4096) },
    { bus: "scsi", serial: "SCSI-512", source: good(), wwn: 0x5000c500_00000003n, rotationRpm: 10_000 },
    { bus: "scsi", serial: "SCSI-4K", source: good(4096), wwn: 0x5000c500_00000004n },
    { bus: "uas", serial: "UAS-512", source: good(), wwn: 0x5000c500_00000005n },
    { bus: "scsi", serial: "SCSI-RO", source: good(), access: "read-only" },
  ];
}

/** A machine, and our station in it: both are started once, and again after they have ended. */
class Place {
  readonly shared: SharedMachine;
  /** What was put into the machine that is up. */
  #inserted: FaultyGuestDisk[] = [];
  #attached: FirmwareDrive[] = [];
  #running: { readonly machine: VirtualMachine; readonly station: GuestStation } | null = null;

  constructor(makeDisks: () => FaultyGuestDisk[], modules: readonly string[]) {
    this.shared = new SharedMachine(() => {
      this.#inserted = makeDisks();
      this.#attached = [];
      return { disks: this.#inserted, network: "open", modules: ["ext4", ...modules] };
    });
  }

  async stand(): Promise<Stand> {
    const { machine, station } = await this.#up();
    const inserted = (serial: string) => this.#inserted.find((each) => each.serial === serial)!;
    return {
      machine,
      station,
      control: station.control,
      disks: this.#inserted.filter(({ serial, access }) => serial !== "STATE" && access !== "read-only"),
      inserted,
      source: (serial) => inserted(serial).source,
      attach: (drive) => this.#attach(drive),
    };
  }

  async #up() {
    const machine = await this.shared.up();
    if (this.#running?.machine === machine) return this.#running;
    await machine.sh(`mkfs.ext4 -q /dev/${await machine.blockDevice("STATE")}`);
    const station = await GuestStation.start(machine, await stateFolderIn(machine));
    this.shared.keep(station);
    return (this.#running = { machine, station });
  }

  async #attach(drive: FirmwareDrive): Promise<string> {
    drive.media.fill(secret);
    this.#attached.push(drive);
    return `/dev/${await this.shared.attach(drive)}`;
  }

  /** The fewer there are, the sooner our station has looked at all of them. */
  async detachAll(): Promise<void> {
    const { machine } = await this.#up();
    for (const drive of this.#attached.splice(0)) await machine.detach(drive);
  }
}

const amongDisks = new Place(manyDisks, ["loop", "dm-mod", "raid1"]);
const amongDrives = new Place(fewDisks, ["nvme-tcp", "iscsi_tcp"]);

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
  /** Fills a drive with a secret and attaches it; gives its path in the guest. It is detached when the scenario has ended. */
  readonly attach: (drive: FirmwareDrive) => Promise<string>;
}

/** In a machine with disks on every bus. */
export function onStand(name: string, run: (stand: Stand) => Promise<void>): Scenario {
  return inPlace(amongDisks, name, run);
}

/** In a machine to which drives are attached that erase themselves. */
export function onDriveStand(name: string, run: (stand: Stand) => Promise<void>): Scenario {
  return inPlace(amongDrives, name, run);
}

function inPlace(place: Place, name: string, run: (stand: Stand) => Promise<void>): Scenario {
  return {
    name,
    machine: place.shared,
    run: async () => {
      await run(await place.stand());
      await place.detachAll();
    },
  };
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
