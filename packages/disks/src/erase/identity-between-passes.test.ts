import { expect, test } from "vitest";
import type { JobEvent } from "../disk-host.ts";
import { Interruption } from "../job/job-context.ts";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { Workbench } from "../testing/workbench.ts";
import { blockBytes } from "./streams/block-maker.ts";

test.each([
  ["before the next pass", "writing"],
  ["before what was written is read back", "verifying"],
] as const)("a disk that was attached anew %s is not gone on with, though it answers", async (_, type) => {
  const disk = new MemoryDisk({ sizeBytes: 2 * blockBytes, byte: 0xbe });
  let isExchanged = false;
  const exchange = (event: JobEvent): void => {
    if (event.type !== type || isExchanged) return;
    isExchanged = true;
    disk.attachment += 1;
  };
  const bench = new Workbench({ disk, onEvent: exchange });
  const plan = await bench.plan({ method: "dod-e", verify: "all" });
  await expect(bench.erase(plan)).rejects.toThrow(Interruption);
});
