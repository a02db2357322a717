import type { FaultDisk } from "../fault-disk/fault-disk.ts";

/** How a disk is connected to the machine. */
export type Bus = "nvme" | "sata" | "scsi" | "usb" | "uas" | "virtio";

/** A disk of a machine, on whatever bus. Its size is its source's. */
export interface GuestDisk {
  readonly bus: Bus;
  /** By which everybody knows it again: no two disks of a machine may have the same. At most 20 characters. */
  readonly serial: string;
  readonly source: FaultDisk | { readonly file: string };
  /** 512 unless the source says otherwise. */
  readonly sectorBytes?: number;
  readonly model?: string;
  /** SATA and SCSI: a number of 64 bits, such as 0x5000c50000000001n. */
  readonly wwn?: bigint;
  /** SATA and SCSI: 1 says that nothing rotates. */
  readonly rotationRpm?: number;
  readonly access?: "read-write" | "read-only";
  readonly media?: "fixed" | "removable";
}

/** As JSON, with numbers of 64 bits (a WWN) as numbers: strings QEMU would refuse, and `Number` rounds them. */
export function qemuJson(value: unknown): string {
  const marked = JSON.stringify(value, (_, each: unknown) =>
    typeof each === "bigint" ? `bigint ${each}` : each,
  );
  return marked.replaceAll(/"bigint (\d+)"/g, "$1");
}

/** A QEMU device as `-device` and `device_add` take it. */
export type QemuDevice = { readonly driver: string; readonly id: string } & Record<string, unknown>;

/** For each bus, the devices that a disk is made of; the last one is the disk, the first is what is pulled. */
export const devicesOf: Readonly<Record<Bus, (disk: GuestDisk, id: string, slot: string) => QemuDevice[]>> = {
  nvme: (disk, id, bus) => [{ driver: "nvme", id, bus, ...drive(disk, id) }],
  virtio: (disk, id, bus) => [{ driver: "virtio-blk-pci", id, bus, ...drive(disk, id), ...reportErrors }],
  sata: (disk, id, bus) => [
    {
      driver: "ide-hd",
      id,
      bus,
      drive: id,
      serial: disk.serial,
      ...(disk.model ? { model: disk.model } : {}),
      ...platter(disk),
      ...reportErrors,
    },
  ],
  scsi: (disk, id, bus) => [scsiDisk(disk, id, bus)],
  usb: (disk, id, bus) => [
    {
      driver: "usb-storage",
      id,
      bus,
      ...drive(disk, id),
      removable: disk.media === "removable",
      ...reportErrors,
    },
  ],
  // Attached to the machine only when its disk is in it: the guest looks for disks once, when the bridge appears.
  uas: (disk, id, bus) => [
    { driver: "usb-uas", id: `${id}-bridge`, bus },
    scsiDisk(disk, id, `${id}-bridge.0`),
  ],
};

/**
 * What a guest needs to know its buses, so that a disk can come on any of them at any time. Without `delay_use` a USB
 * disk is looked at a second after it came.
 */
export const busModules: readonly string[] =
  "nvme,ahci,virtio_scsi,virtio_blk,xhci-pci,usb-storage delay_use=0,uas,sd_mod,sg".split(",");

/** The host's side of a disk: its bytes, by NBD or from a file. */
export function blockNode(disk: GuestDisk, id: string, nbdSocketPath: string): Record<string, unknown> {
  const common = { "node-name": id, "read-only": disk.access === "read-only", discard: "unmap" };
  return "file" in disk.source
    ? { driver: "file", filename: disk.source.file, ...common }
    : { driver: "nbd", server: { type: "unix", path: nbdSocketPath }, ...common };
}

function scsiDisk(disk: GuestDisk, id: string, bus: string): QemuDevice {
  return {
    driver: "scsi-hd",
    id,
    bus,
    ...drive(disk, id),
    vendor: "TROFIE",
    product: disk.model ?? "LAB DISK",
    removable: disk.media === "removable",
    ...platter(disk),
    ...reportErrors,
  };
}

function drive(disk: GuestDisk, id: string) {
  const sectorBytes = disk.sectorBytes ?? ("file" in disk.source ? 512 : disk.source.sectorBytes);
  return {
    drive: id,
    serial: disk.serial,
    logical_block_size: sectorBytes,
    physical_block_size: sectorBytes,
  };
}

function platter({ wwn, rotationRpm }: GuestDisk) {
  return {
    ...(wwn === undefined ? {} : { wwn }),
    ...(rotationRpm === undefined ? {} : { rotation_rate: rotationRpm }),
  };
}

/** Otherwise QEMU stops the whole machine at ENOSPC, and waits for somebody to make room. */
const reportErrors = { rerror: "report", werror: "report" };
