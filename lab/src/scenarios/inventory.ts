import assert from "node:assert/strict";
import { VirtualMachine } from "../machine/virtual-machine.ts";
import { zoo, zooSizeBytes } from "../machine/zoo.ts";
import { scenario } from "./scenario.ts";

export const inventory = [
  scenario(
    "sysfs knows every disk by its serial number, size and sectors, with no udev to help",
    async () => {
      const disks = zoo();
      await using machine = await VirtualMachine.start({ disks });
      for (const disk of disks) {
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

  scenario("lsblk knows the serial numbers of SATA and SCSI disks only when udev has told it", async () => {
    await using machine = await VirtualMachine.start({ disks: zoo() });
    const name = await machine.blockDevice("SATA-HDD");
    const serial = () => machine.sh(`lsblk --nodeps --noheadings -o SERIAL /dev/${name}`);
    assert.equal(await serial(), "");
    await machine.sh(
      "/lib/systemd/systemd-udevd --daemon && udevadm trigger --action=add --subsystem-match=block && udevadm settle",
      { limitSeconds: 120 },
    );
    assert.equal(await serial(), "SATA-HDD");
    assert.match(await machine.sh("ls /dev/disk/by-id"), /wwn-0x5000c50000000001/);
  }),
];
