import assert from "node:assert/strict";
import { zooSizeBytes } from "../machine/zoo.ts";
import { goodDisks, withZoo } from "./zoo-machine.ts";

export const inventory = [
  withZoo(
    "sysfs knows every disk by its serial number, size and sectors, with no udev to help",
    async (machine) => {
      for (const disk of goodDisks) {
        const folder = `/sys/block/${await machine.blockDevice(disk.serial)}`;
        const shown = await machine.sh(`cat ${folder}/size ${folder}/queue/logical_block_size ${folder}/ro`);
        const sectorBytes = disk.serial.endsWith("4K") ? 4096 : 512;
        const readOnly = disk.access === "read-only" ? 1 : 0;
        assert.equal(shown, [zooSizeBytes / 512, sectorBytes, readOnly].join("\n"), disk.serial);
      }
      const wwid = await machine.sh(`cat /sys/block/${await machine.blockDevice("SATA-HDD")}/device/wwid`);
      assert.equal(wwid, "naa.5000c50000000001");
    },
  ),

  withZoo(
    "lsblk knows the serial numbers of SATA and SCSI disks only when udev has told it",
    async (machine) => {
      const name = await machine.blockDevice("SATA-HDD");
      const serial = () => machine.sh(`lsblk --nodeps --noheadings -o SERIAL /dev/${name}`);
      assert.equal(await serial(), "");
      await machine.sh(
        "/lib/systemd/systemd-udevd --daemon && udevadm trigger --action=add --subsystem-match=block && " +
          "udevadm settle && udevadm control --exit",
        { limitSeconds: 120 },
      );
      assert.equal(await serial(), "SATA-HDD");
      assert.match(await machine.sh("ls /dev/disk/by-id"), /wwn-0x5000c50000000001/);
    },
  ),
];
