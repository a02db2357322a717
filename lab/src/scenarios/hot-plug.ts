import assert from "node:assert/strict";
import { FaultDisk } from "../fault-disk/fault-disk.ts";
import type { Bus } from "../machine/guest-disk.ts";
import { scanSectors, writeUntilItFails } from "./guest-programs.ts";
import { MiB } from "./scenario.ts";
import { badDisks, withZoo } from "./zoo-machine.ts";

const pluggable: readonly Bus[] = ["nvme", "scsi", "usb", "uas", "virtio"];

/** What a write ends with when its disk is pulled, by bus and by chance: ENOSPC does not mean that the disk is full. */
const pulled = /^(ENOSPC|EIO|ENODEV|ENXIO)$/;

/** What a bad sector is called. Only NVMe tells the kernel that it is the medium. */
const errorOfBadSectors: Readonly<Record<Bus, string>> = {
  nvme: "ENODATA",
  sata: "EIO",
  scsi: "EIO",
  usb: "EIO",
  uas: "EIO",
  virtio: "EIO",
};

export const hotPlug = [
  withZoo("a bad sector fails exactly its own reads and writes, on every bus", async (machine) => {
    for (const { bus, serial } of badDisks) {
      const error = errorOfBadSectors[bus];
      const device = `/dev/${await machine.blockDevice(serial)}`;
      const reads = await machine.sh(scanSectors(device, "read", 998, 1003));
      assert.equal(reads, `1000 ${error}`, `${bus}, reading`);
      const writes = await machine.sh(scanSectors(device, "write", 1998, 2004));
      assert.equal(writes, `2000 ${error}\n2001 ${error}`, `${bus}, writing`);
    }
  }),

  withZoo(
    "a disk comes while the machine runs, and when it is pulled, writing to it ends with an error",
    async (machine) => {
      for (const bus of pluggable) {
        const serial = `PULLED-${bus.toUpperCase()}`;
        const source = new FaultDisk({ sizeBytes: 32 * MiB, faults: { delayMs: 5 } });
        await machine.plug({ bus, serial, source });
        const name = await machine.blockDevice(serial);
        const writing = machine.begin(writeUntilItFails(`/dev/${name}`));
        await source.reached({ writes: 20 });
        await machine.pull(serial);
        const { stdout, stderr } = await writing;
        assert.match(stdout.trim(), pulled, `${bus}: ${stdout}${stderr}`);
        await machine.sh(`until [ ! -e /sys/block/${name} ] && [ ! -e /dev/${name} ]; do sleep 0.02; done`);
      }
    },
  ),
];
