import { expect, test } from "vitest";
import { Interruption } from "../job/job-context.ts";
import type { Machine } from "../machine/machine.ts";
import { MemoryDisk, systemError } from "../testing/memory-disk.ts";
import { Workbench } from "../testing/workbench.ts";
import { blockBytes } from "../erase/streams/block-maker.ts";

/** A pulled disk that somebody has open stays in sysfs as it was, but for its state (scsi_sysfs.c, nvme/host/sysfs.c). */
function stateIn(machine: Machine, state: () => string): Machine {
  return {
    ...machine,
    readText: async (path) => (path.endsWith("/device/state") ? state() : machine.readText(path)),
  };
}

test.each(["offline", "transport-offline", "deleting", "dead"])(
  "a disk of which the kernel says %j while its writes fail is gone, and not full of bad sectors",
  async (dead) => {
    let state = "running";
    let writes = 0;
    const disk = new MemoryDisk({
      sizeBytes: 8 * blockBytes,
      byte: 0xbe,
      faults: {
        before: (operation) => {
          if (operation !== "write" || ++writes < 3) return;
          state = dead;
          throw systemError("EIO");
        },
      },
    });
    const bench = new Workbench({ disk, more: (machine) => stateIn(machine, () => state) });
    await expect(bench.erase(await bench.plan())).rejects.toThrow(Interruption);
  },
);

test("a disk that runs while its writes fail has bad sectors", async () => {
  const disk = new MemoryDisk({ sizeBytes: 8 * blockBytes, byte: 0xbe });
  disk.spoil({ offset: 3 * blockBytes, lengthBytes: 512, on: "write" });
  const bench = new Workbench({ disk, more: (machine) => stateIn(machine, () => "running") });
  expect((await bench.erase(await bench.plan())).outcome).toBe("erased-with-errors");
});
