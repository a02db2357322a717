import { open, readFile, type FileHandle } from "node:fs/promises";
import { constants } from "node:fs";
import { expect, test } from "vitest";
import { whyNoFaultLoops } from "../requirements.ts";
import { until } from "../until.ts";
import { leftBehind } from "../work-folder.ts";
import { FaultLoop } from "./fault-loop.ts";
import type { FaultLoopOptions } from "./loop-messages.ts";

const reason = whyNoFaultLoops();
const sizeBytes = 8 * 2 ** 20;

/** A resizable buffer stands at the beginning of a page, which direct I/O wants. */
function aligned(lengthBytes: number, byte = 0): Buffer {
  return Buffer.from(new ArrayBuffer(lengthBytes, { maxByteLength: lengthBytes + 65536 })).fill(byte);
}

function testLoop(
  name: string,
  options: Omit<FaultLoopOptions, "sizeBytes">,
  use: (loop: FaultLoop, device: FileHandle) => Promise<void>,
) {
  test.skipIf(reason !== null)(reason ? `${name} (${reason})` : name, async () => {
    {
      await using loop = await FaultLoop.attach({ sizeBytes, ...options });
      const mode = options.access === "read-only" ? constants.O_RDONLY : constants.O_RDWR;
      await using device = await open(loop.path, mode | constants.O_EXCL | constants.O_DIRECT);
      await use(loop, device);
    }
    expect(leftBehind()).toEqual([]);
  });
}

/** The sectors that fail, and how. */
async function scan(device: FileHandle, operation: "read" | "write", first: number, end: number) {
  const failures: [number, string | undefined][] = [];
  for (let sector = first; sector < end; sector++) {
    const memory = aligned(512);
    const done =
      operation === "read"
        ? device.read(memory, 0, 512, sector * 512)
        : device.write(memory, 0, 512, sector * 512);
    await done.catch((error: NodeJS.ErrnoException) => failures.push([sector, error.code]));
  }
  return failures;
}

testLoop(
  "a loop device fails at exactly its bad sectors, until they are good",
  {
    faults: {
      badSectors: [
        { first: 1000, fails: "reads" },
        { first: 2000, count: 2, fails: "writes", error: "ENOSPC" },
      ],
    },
  },
  async (loop, device) => {
    expect(await scan(device, "read", 996, 1004)).toEqual([[1000, "EIO"]]);
    expect(await scan(device, "write", 1996, 2004)).toEqual([
      [2000, "ENOSPC"],
      [2001, "ENOSPC"],
    ]);
    await loop.disk.setFaults({});
    expect(await scan(device, "read", 996, 1004)).toEqual([]);
  },
);

testLoop("only what was synced survives a power cut", { writeCache: "volatile" }, async (loop, device) => {
  await device.write(aligned(4096, 1), 0, 4096, 0);
  await device.sync();
  await device.write(aligned(4096, 2), 0, 4096, 4096);
  await loop.disk.powerCut();
  const left = await loop.disk.peek(0, 8192);
  expect([left[0], left[4096]]).toEqual([1, 0]);
});

testLoop("a disk that hangs goes on when it is released", {}, async (loop, device) => {
  await loop.disk.setFaults({ condition: "hanging" });
  const writing = device.write(aligned(4096, 1), 0, 4096, 0);
  await until("the disk holds the write", async () => (await loop.disk.heldOperations()) > 0);
  expect(await loop.disk.countOthers(0)).toBe(0);
  await loop.disk.setFaults({});
  await writing;
  expect(await loop.disk.countOthers(0)).toBe(4096);
});

testLoop("a disk that dies fails everything", {}, async (loop, device) => {
  await loop.disk.setFaults({ condition: "dead" });
  await expect(device.write(aligned(4096), 0, 4096, 0)).rejects.toMatchObject({ code: "EIO" });
  await expect(device.read(aligned(4096), 0, 4096, 0)).rejects.toMatchObject({ code: "EIO" });
});

testLoop("a disk that lies gives back what was there before", {}, async (loop, device) => {
  await loop.disk.fill("SECRET\n");
  await loop.disk.setFaults({ lyingWrites: [{ first: 8 }] });
  await device.write(aligned(4096), 0, 4096, 4096);
  await device.sync();
  const found = aligned(4096);
  await device.read(found, 0, 4096, 4096);
  expect(found.toString()).toContain("SECRET");
});

testLoop("a disk of 4 KiB sectors takes no 512 bytes", { sectorBytes: 4096 }, async (_, device) => {
  await expect(device.write(aligned(512), 0, 512, 512)).rejects.toMatchObject({ code: "EINVAL" });
  await device.write(aligned(4096), 0, 4096, 4096);
});

testLoop("a read-only loop says so in sysfs", { access: "read-only" }, async (loop) => {
  const name = loop.path.slice("/dev/".length);
  expect((await readFile(`/sys/block/${name}/ro`, "utf8")).trim()).toBe("1");
});

test.skipIf(reason !== null)("a loop that is detached while a write hangs lets go of it", async () => {
  const loop = await FaultLoop.attach({ sizeBytes });
  const device = await open(loop.path, constants.O_RDWR | constants.O_DIRECT);
  await loop.disk.setFaults({ condition: "hanging" });
  const failing = expect(device.write(aligned(4096), 0, 4096, 0)).rejects.toMatchObject({ code: "EIO" });
  const closed = failing.then(() => device.close());
  await until("the disk holds the write", async () => (await loop.disk.heldOperations()) > 0);
  await loop.detach();
  await closed;
  expect(leftBehind()).toEqual([]);
});
