import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { FaultDisk } from "../fault-disk/fault-disk.ts";
import { VirtualMachine } from "../machine/virtual-machine.ts";
import { NvmeDrive } from "../nvme/nvme-drive.ts";
import { SasDrive } from "../scsi/sas-drive.ts";
import { until } from "../until.ts";
import { writeUntilItFails } from "./guest-programs.ts";
import { MiB, scenario } from "./scenario.ts";

export const power = [
  scenario(
    "a power cut loses what was not flushed from the drive's cache, and nothing that was",
    async () => {
      const disk = new FaultDisk({ sizeBytes: 32 * MiB, writeCache: "volatile" });
      {
        await using machine = await VirtualMachine.start({
          disks: [{ bus: "nvme", serial: "CUT", source: disk }],
        });
        const device = `/dev/${await machine.blockDevice("CUT")}`;
        const write = "tr '\\0' A < /dev/zero | dd iflag=fullblock oflag=direct status=none bs=1M count=4";
        await machine.sh(`${write} of=${device} conv=fsync`);
        await machine.sh(`${write} of=${device} seek=4`);
        await machine.cutPower();
      }
      disk.powerCut();
      const letterA = "A".charCodeAt(0);
      const count = (offset: number) =>
        disk.media.peek(offset, 4 * MiB).filter((byte) => byte === letterA).length;
      assert.deepEqual([count(0), count(4 * MiB)], [4 * MiB, 0]);
    },
  ),

  scenario(
    "a file that was synced before the power was cut is there when the machine comes up again",
    async () => {
      const disk = new FaultDisk({ sizeBytes: 64 * MiB, writeCache: "volatile" });
      const disks = [{ bus: "virtio", serial: "STATE", source: disk } as const];
      {
        await using machine = await VirtualMachine.start({ disks, modules: ["ext4"] });
        const device = `/dev/${await machine.blockDevice("STATE")}`;
        await machine.sh(`mkfs.ext4 -q ${device} && mkdir /state && mount ${device} /state`);
        await machine.sh("echo kept > /state/kept && sync && echo lost > /state/lost");
        await machine.cutPower();
      }
      disk.powerCut();
      await using machine = await VirtualMachine.start({ disks, modules: ["ext4"] });
      await machine.sh(`mkdir /state && mount /dev/${await machine.blockDevice("STATE")} /state`);
      assert.equal(await machine.sh("ls /state && cat /state/kept"), "kept\nlost+found\nkept");
    },
  ),

  scenario("a drive that loses power and does not come back fails what is being written to it", async () => {
    for (const Drive of [NvmeDrive, SasDrive]) {
      await using drive = new Drive({ sizeBytes: 32 * MiB, serial: "LOST" });
      await using machine = await VirtualMachine.start({ drives: [drive] });
      const writing = machine.begin(writeUntilItFails(`/dev/${await machine.blockDevice(drive.serial)}`));
      await until("something has been written", () => drive.media.countOthers(0) > 0);
      await drive.powerOff();
      // ENOLINK from NVMe over TCP, EIO from iSCSI: the kernel has waited for it in vain for some seconds.
      assert.match((await writing).stdout.trim(), /^(ENOLINK|EIO)$/);
    }
  }),

  scenario("a program on the guest's loopback can be reached from here, until the power is cut", async () => {
    await using machine = await VirtualMachine.start();
    machine.begin("python3 -m http.server 8080 --bind 127.0.0.1").catch(() => {});
    const port = await machine.forward(8080);
    const connection = connect(port, "127.0.0.1");
    connection.write("GET /etc/hostname HTTP/1.0\r\n\r\n");
    const [answer] = (await once(connection, "data")) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.0 200/);
    connection.on("error", () => {});
    const closed = once(connection, "close");
    await machine.cutPower();
    await closed;
  }),
];
