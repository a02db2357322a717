import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FaultDisk } from "../fault-disk/fault-disk.ts";
import { VirtualMachine } from "../machine/virtual-machine.ts";
import { repeatsWhatItHears } from "./guest-programs.ts";
import { MiB, scenario } from "./scenario.ts";

export const power = [
  scenario(
    "a power cut ends connections, and loses from the drives' caches what was not flushed, and nothing that was",
    async () => {
      const raw = new FaultDisk({ sizeBytes: 32 * MiB, writeCache: "volatile" });
      const state = new FaultDisk({ sizeBytes: 64 * MiB, writeCache: "volatile" });
      const disks = [
        { bus: "nvme", serial: "CUT", source: raw },
        { bus: "virtio", serial: "STATE", source: state },
      ] as const;
      {
        await using machine = await VirtualMachine.start({ disks, modules: ["ext4"] });
        const cut = `/dev/${await machine.blockDevice("CUT")}`;
        const write = "tr '\\0' A < /dev/zero | dd iflag=fullblock oflag=direct status=none bs=1M count=4";
        await machine.sh(`${write} of=${cut} conv=fsync`);
        await machine.sh(`${write} of=${cut} seek=4`);
        const device = `/dev/${await machine.blockDevice("STATE")}`;
        await machine.sh(`mkfs.ext4 -q ${device} && mkdir /state && mount ${device} /state`);
        const connection = await connectionTo(machine);
        await machine.sh("echo kept > /state/kept && sync && echo lost > /state/lost");
        assert.equal(connection.closed, false);
        const closed = once(connection, "close");
        await machine.cutPower();
        await closed;
      }
      for (const disk of [raw, state]) disk.powerCut();
      const letterA = "A".charCodeAt(0);
      const count = (offset: number) =>
        raw.media.peek(offset, 4 * MiB).filter((byte) => byte === letterA).length;
      assert.deepEqual([count(0), count(4 * MiB)], [4 * MiB, 0]);

      await using machine = await VirtualMachine.start({ disks, modules: ["ext4"] });
      await machine.sh(`mkdir /state && mount /dev/${await machine.blockDevice("STATE")} /state`);
      assert.equal(await machine.sh("ls /state && cat /state/kept"), "kept\nlost+found\nkept");
    },
  ),
];

/** To a program on the guest's loopback that repeats what it hears. */
async function connectionTo(machine: VirtualMachine): Promise<Socket> {
  machine.begin(repeatsWhatItHears("127.0.0.1", 8080)).catch(() => {});
  const connection = connect(await machine.forward(8080), "127.0.0.1");
  connection.write("hello");
  const [answer] = (await once(connection, "data")) as [Buffer];
  assert.equal(answer.toString(), "hello");
  connection.on("error", () => {});
  return connection;
}
