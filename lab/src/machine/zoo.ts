import { FaultDisk } from "../fault-disk/fault-disk.ts";
import type { GuestDisk } from "./guest-disk.ts";

/** Small: everything in the guest is emulated, and thirty times slower. */
export const zooSizeBytes = 32 * 2 ** 20;

/** One of each kind, and those that a program is likely to get wrong: 4 KiB sectors, read-only, removable. */
export function zoo(): GuestDisk[] {
  const source = () => new FaultDisk({ sizeBytes: zooSizeBytes });
  const source4K = () => new FaultDisk({ sizeBytes: zooSizeBytes, sectorBytes: 4096 });
  return [
    { bus: "nvme", serial: "NVME-1", source: source() },
    { bus: "nvme", serial: "NVME-4K", source: source4K() },
    { bus: "sata", serial: "SATA-HDD", source: source(), wwn: 0x5000c500_00000001n, rotationRpm: 7200 },
    { bus: "sata", serial: "SATA-SSD", source: source(), wwn: 0x5000c500_00000002n, rotationRpm: 1 },
    { bus: "scsi", serial: "SCSI-1", source: source(), wwn: 0x5000c500_00000003n, rotationRpm: 10_000 },
    { bus: "scsi", serial: "SCSI-4K", source: source4K(), media: "removable" },
    { bus: "scsi", serial: "SCSI-RO", source: source(), access: "read-only" },
    { bus: "usb", serial: "USB-STICK", source: source(), media: "removable" },
    { bus: "uas", serial: "UAS-1", source: source() },
    { bus: "virtio", serial: "VIRTIO-1", source: source() },
  ];
}
