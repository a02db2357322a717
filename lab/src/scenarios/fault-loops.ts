import assert from "node:assert/strict";
import { FaultLoop } from "../fault-loop/fault-loop.ts";
import { runProgram } from "../run-program.ts";
import { until } from "../until.ts";
import { MiB, scenario, secret } from "./scenario.ts";

const erase = (path: string) =>
  runProgram("dd", "if=/dev/zero", `of=${path}`, "bs=64K", "count=256", "oflag=direct", "conv=fsync,nocreat");

export const faultLoops = [
  scenario("dd stops at a bad sector of a loop device, and goes through once it is good", async () => {
    await using loop = await FaultLoop.attach({
      sizeBytes: 16 * MiB,
      faults: { badSectors: [{ first: 20_000, fails: "writes" }] },
    });
    await loop.disk.fill(secret);
    await assert.rejects(erase(loop.path), /Input\/output error/);
    assert.match((await loop.disk.peek(20_000 * 512, 512)).toString(), /SECRET/);
    await loop.disk.setFaults({});
    await erase(loop.path);
    assert.equal(await loop.disk.countOthers(0), 0);
  }),

  scenario("dd ends well on a disk that lies, and the secret is still there", async () => {
    const lyingWrites = [{ first: 0, count: 32_768 }];
    await using loop = await FaultLoop.attach({ sizeBytes: 16 * MiB, faults: { lyingWrites } });
    await loop.disk.fill(secret);
    await erase(loop.path);
    assert.equal((await loop.disk.peek(0, 7)).toString(), secret);
  }),

  scenario("dd waits for a disk that hangs, and goes on when the disk does", async () => {
    await using loop = await FaultLoop.attach({ sizeBytes: 16 * MiB });
    const erasing = erase(loop.path);
    await loop.disk.reached({ writes: 10 });
    await loop.disk.setFaults({ condition: "hanging" });
    await until("the disk holds a write", async () => (await loop.disk.heldOperations()) > 0);
    await loop.disk.setFaults({});
    await erasing;
    assert.equal((await loop.disk.counters()).bytesWritten, 16 * MiB);
  }),

  scenario("dd ends with an error when its disk dies, or vanishes", async () => {
    for (const condition of ["dead", "vanished"] as const) {
      await using loop = await FaultLoop.attach({ sizeBytes: 16 * MiB, faults: { delayMs: 5 } });
      const erasing = erase(loop.path);
      erasing.catch(() => {});
      await loop.disk.reached({ writes: 10 });
      await loop.disk.setFaults({ condition });
      await assert.rejects(erasing, /Input\/output error/, condition);
    }
  }),
];
