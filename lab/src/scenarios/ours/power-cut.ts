import assert from "node:assert/strict";
import { FaultDisk } from "../../fault-disk/fault-disk.ts";
import { VirtualMachine } from "../../machine/virtual-machine.ts";
import { GuestStation } from "../../stations/guest-station.ts";
import { findingsOf } from "../../stations/remote-control.ts";
import { whatWasWritten } from "../../trials/what-was-written.ts";
import { MiB, secret } from "../scenario.ts";
import { onStand, stateFolderIn } from "./stand.ts";

const sizeBytes = 16 * MiB;

/** The last of its machine, which does not survive it. */
export const ourPowerCut = [
  onStand(
    "a machine that loses its power in mid-erase goes on by itself at the checkpoint when it is up again, and loses nothing",
    async (stand) => {
      const state = stand.source("STATE");
      const source = new FaultDisk({ sizeBytes, writeCache: "volatile" });
      source.media.fill(secret);
      const disk = { bus: "nvme", serial: "NVME-CUT", source } as const;
      await stand.machine.plug(disk);
      await stand.control.until("the disk is told as added", () => {
        return stand.control.events.some(({ type, body }) => {
          return type === "device.added" && JSON.stringify(body).includes("NVME-CUT");
        });
      });
      const id = await stand.control.erase((await stand.control.device("NVME-CUT")).path, {
        method: "random",
      });
      // Slow from now on: a checkpoint is kept every five seconds.
      source.setFaults({ delayMs: 2000 });
      await source.reached({ bytesWritten: MiB });
      await source.reached({ flushes: source.counters.flushes + 1 });
      await state.reached({ flushes: state.counters.flushes + 2 });
      await source.reached({ writes: source.counters.writes + 4 });
      assert.ok(source.unflushedBytes > 0, "nothing was left to be lost");
      await stand.machine.cutPower();
      source.powerCut();
      state.powerCut();
      source.setFaults({});

      const disks = [disk, stand.inserted("STATE")];
      await using machine = await VirtualMachine.start({ disks, modules: ["ext4"] });
      await using station = await GuestStation.start(machine, await stateFolderIn(machine));
      const job = await station.control.ended(id);
      assert.equal(job.state, "erased", job.report?.message);
      const findings = findingsOf(job);
      assert.equal(findings.resumptions.length, 1);
      const { offset, overlapBytes, proven } = findings.resumptions[0]!;
      assert.ok(offset > 0 && overlapBytes > 0 && proven, JSON.stringify(findings.resumptions));
      assert.ok(whatWasWritten(findings, sizeBytes).equals(source.media.peek(0, sizeBytes)));
    },
  ),
];
