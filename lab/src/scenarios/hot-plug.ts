import assert from "node:assert/strict";
import { FaultDisk } from "../fault-disk/fault-disk.ts";
import type { Bus } from "../machine/guest-disk.ts";
import { VirtualMachine } from "../machine/virtual-machine.ts";
import { scanSectors, writeUntilItFails } from "./guest-programs.ts";
import { MiB, scenario } from "./scenario.ts";

const pluggable: readonly Bus[] = ["nvme", "scsi", "usb", "uas", "virtio"];

/** What a write ends with when its disk is pulled, by bus and by chance: ENOSPC does not mean that the disk is full. */
const pulled = /^(ENOSPC|EIO|ENODEV|ENXIO)$/;

/** What a bad sector is called. Only NVMe tells the kernel that it is the medium. */
const errorsOfBadSectors: readonly [Bus, string][] = [
  ["nvme", "ENODATA"],
  ["sata", "EIO"],
  ["scsi", "EIO"],
  ["usb", "EIO"],
  ["uas", "EIO"],
  ["virtio", "EIO"],
];

export const hotPlug = [
  scenario(
    "a disk comes while the machine runs, and when it is pulled, writing to it ends with an error",
    async () => {
      await using machine = await VirtualMachine.start();
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

  scenario("a bad sector fails exactly its own reads and writes, on every bus", async () => {
    const disks = errorsOfBadSectors.map(([bus]) => ({
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
    await using machine = await VirtualMachine.start({ disks });
    for (const [bus, error] of errorsOfBadSectors) {
      const device = `/dev/${await machine.blockDevice(`BAD-${bus.toUpperCase()}`)}`;
      const reads = await machine.sh(scanSectors(device, "read", 998, 1003));
      assert.equal(reads, `1000 ${error}`, `${bus}, reading`);
      const writes = await machine.sh(scanSectors(device, "write", 1998, 2004));
      assert.equal(writes, `2000 ${error}\n2001 ${error}`, `${bus}, writing`);
    }
  }),
];
