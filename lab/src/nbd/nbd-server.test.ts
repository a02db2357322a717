import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FaultDisk, type FaultDiskOptions } from "../fault-disk/fault-disk.ts";
import { runProgram } from "../run-program.ts";
import { serveNbd } from "./nbd-server.ts";

const isInstalled = existsSync("/usr/bin/nbdcopy");
const sizeBytes = 2 ** 20;

/** A disk that is served, a folder, and the address for libnbd's programs. */
async function withServed(
  options: Omit<FaultDiskOptions, "sizeBytes">,
  use: (disk: FaultDisk, address: string, folder: string) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), "trofie-nbd-"));
  try {
    const disk = new FaultDisk({ sizeBytes, ...options });
    await using server = await serveNbd(disk, join(folder, "socket"));
    await use(disk, `nbd+unix:///?socket=${server.socketPath}`, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.skipIf(!isInstalled)("libnbd finds a disk of the right size that can do all that a disk can", () =>
  withServed({}, async (_, address) => {
    const { exports } = JSON.parse(await runProgram("nbdinfo", "--json", address)) as {
      exports: Record<string, unknown>[];
    };
    expect(exports[0]).toMatchObject({
      "export-size": sizeBytes,
      can_flush: true,
      can_fua: true,
      can_trim: true,
      can_zero: true,
      is_read_only: false,
    });
  }),
);

test.skipIf(!isInstalled)("libnbd copies a file to the disk and back", () =>
  withServed({}, async (disk, address, folder) => {
    const content = Buffer.alloc(sizeBytes, "a pattern of odd length");
    await writeFile(join(folder, "there"), content);
    await runProgram("nbdcopy", "--flush", join(folder, "there"), address);
    expect(disk.media.peek(0, sizeBytes).equals(content)).toBe(true);
    expect(disk.counters.flushes).toBeGreaterThan(0);
    await runProgram("nbdcopy", address, join(folder, "back"));
    expect((await readFile(join(folder, "back"))).equals(content)).toBe(true);
  }),
);

test.skipIf(!isInstalled)("libnbd is told the error of a bad sector", () =>
  withServed(
    { faults: { badSectors: [{ first: 7, fails: "reads", error: "ENOSPC" }] } },
    (_, address, folder) =>
      expect(runProgram("nbdcopy", address, join(folder, "copy"))).rejects.toThrow(/No space left on device/),
  ),
);

test.skipIf(!isInstalled)("a disk that has vanished is not even found", () =>
  withServed({ faults: { condition: "vanished" } }, (_, address) =>
    expect(runProgram("nbdinfo", address)).rejects.toThrow(/Cannot run nbdinfo/),
  ),
);
