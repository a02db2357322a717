import { expect, test } from "vitest";
import { FaultDisk } from "./fault-disk.ts";
import { DiskVanished, faultErrors, type FaultError } from "./faults.ts";

const sizeBytes = 65536;
const block = (byte: number) => Buffer.alloc(4096, byte);

test("a disk without faults gives back what was written, and only there", async () => {
  const disk = new FaultDisk({ sizeBytes });
  await disk.write(1000, Buffer.from("here"));
  expect((await disk.read(999, 6)).toString()).toBe("\0here\0");
});

test("a bad sector fails the operations that touch it, with its error, and no others", async () => {
  for (const error of Object.keys(faultErrors) as FaultError[]) {
    const disk = new FaultDisk({ sizeBytes, faults: { badSectors: [{ first: 9, fails: "reads", error }] } });
    await expect(disk.read(8 * 512, 4096)).rejects.toMatchObject({ error });
    await disk.read(8 * 512, 512);
    await disk.read(10 * 512, 512);
    await disk.write(9 * 512, Buffer.alloc(512));
  }
});

test("a write that meets a bad sector has written what stands before it", async () => {
  const disk = new FaultDisk({ sizeBytes, faults: { badSectors: [{ first: 3, fails: "writes" }] } });
  await expect(disk.write(512, block(7))).rejects.toMatchObject({ error: "EIO" });
  expect(disk.media.countOthers(0)).toBe(1024);
});

test("bad sectors are counted in the disk's own sectors", async () => {
  const badSectors = [{ first: 2, fails: "reads and writes" as const }];
  const disk = new FaultDisk({ sizeBytes, sectorBytes: 4096, faults: { badSectors } });
  await disk.read(4096, 4096);
  await expect(disk.read(8192, 4096)).rejects.toMatchObject({ error: "EIO" });
  await expect(disk.trim(8192, 4096)).rejects.toMatchObject({ error: "EIO" });
});

test("a lie is acknowledged, not done, and not counted", async () => {
  const disk = new FaultDisk({ sizeBytes, faults: { lyingWrites: [{ first: 8, count: 8 }] } });
  await disk.write(4096, block(1));
  await disk.zero(4096, 4096);
  await disk.write(8192, block(1));
  expect(disk.media.countOthers(0)).toBe(4096);
  expect(disk.counters.writes).toBe(1);
});

test("a hanging disk holds operations until it is released, then does them", async () => {
  const disk = new FaultDisk({ sizeBytes, faults: { condition: "hanging" } });
  const writing = disk.write(0, block(1));
  await Promise.resolve();
  expect(disk.heldOperations).toBe(1);
  expect(disk.media.countOthers(0)).toBe(0);
  disk.setFaults({});
  await writing;
  expect(disk.media.countOthers(0)).toBe(4096);
});

test("what a hanging disk held fails when the disk dies", async () => {
  const disk = new FaultDisk({ sizeBytes, faults: { condition: "hanging" } });
  const writing = disk.write(0, block(1));
  await Promise.resolve();
  disk.setFaults({ condition: "dead" });
  await expect(writing).rejects.toMatchObject({ error: "EIO" });
});

test("a disk that has vanished answers nothing, not even an error", async () => {
  const disk = new FaultDisk({ sizeBytes, faults: { condition: "vanished" } });
  await expect(disk.read(0, 512)).rejects.toBeInstanceOf(DiskVanished);
});

test("a power cut loses what was only in the cache, and keeps what was flushed or forced", async () => {
  const disk = new FaultDisk({ sizeBytes, writeCache: "volatile" });
  await disk.write(0, block(1));
  await disk.flush();
  await disk.write(4096, block(2));
  await disk.write(8192, block(3), "durable");
  expect((await disk.read(4096, 1))[0]).toBe(2);
  expect(disk.unflushedBytes).toBe(4096);
  disk.powerCut();
  const firstOf = async (offset: number) => (await disk.read(offset, 1))[0];
  expect([await firstOf(0), await firstOf(4096), await firstOf(8192)]).toEqual([1, 0, 3]);
});

test("a forced write in the middle of a cached block is still there after both ends of that block", async () => {
  const disk = new FaultDisk({ sizeBytes, writeCache: "volatile" });
  await disk.write(0, block(1));
  await disk.write(512, Buffer.alloc(512, 9), "durable");
  expect([...(await disk.read(0, 4096))].filter((byte) => byte === 9)).toHaveLength(512);
  disk.powerCut();
  expect(disk.media.countOthers(0)).toBe(512);
});

test("a write that was held when the power failed is never done", async () => {
  const disk = new FaultDisk({ sizeBytes, faults: { condition: "hanging" } });
  const writing = disk.write(0, block(1));
  await Promise.resolve();
  disk.powerCut();
  await expect(writing).rejects.toMatchObject({ error: "EIO" });
  expect(disk.media.countOthers(0)).toBe(0);
});

test("somebody can wait until so much has been written", async () => {
  const disk = new FaultDisk({ sizeBytes });
  let isReached = false;
  const reached = disk.reached({ bytesWritten: 8192, writes: 2 }).then(() => (isReached = true));
  await disk.write(0, block(1));
  expect(isReached).toBe(false);
  await disk.write(0, block(1));
  await reached;
  await disk.reached({ writes: 2 });
});
