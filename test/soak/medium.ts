/** What is on the practice disks, held against what the reports of their jobs say. */
import { createCipheriv } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { Fill, Job } from "@trofie/contract";
import type { JobInJournal } from "./journal-copy.ts";

const chunkBytes = 4 * 1_048_576;

/**
 * The job that has had the disk last, if it has left it erased: nobody has written there since. Only while no station
 * lives, and `jobs` is its whole journal.
 */
export function erasedLast(jobs: readonly JobInJournal[], path: string): Job | null {
  const erases = jobs.map(({ job }) => JSON.parse(job) as Job).filter(({ kind }) => kind === "erase");
  const last = erases.findLast((job) => job.path === path && job.startedAt !== null);
  return last?.state === "erased" ? last : null;
}

/** The bytes of the last pass of an erase, by its report. */
export function lastFillOf({ report, id }: Job): Fill {
  const passes = report?.findings?.kind === "erase" ? report.findings.passes : [];
  const last = passes.at(-1);
  if (last?.kind !== "overwrite") throw new Error(`${id} is erased, and its last pass has written nothing`);
  return last.fill;
}

/** Where the file first differs from what was written; null when it does not. OpenSSL makes the bytes, not our code. */
export function firstDifference(path: string, fill: Fill, sizeBytes: number): number | null {
  const file = openSync(path, "r");
  try {
    const make = makerOf(fill);
    for (let offset = 0; offset < sizeBytes; offset += chunkBytes) {
      const expected = make(offset, Math.min(chunkBytes, sizeBytes - offset));
      const found = Buffer.alloc(expected.length);
      const bytes = readSync(file, found, 0, found.length, offset);
      if (bytes === expected.length && found.equals(expected)) continue;
      return offset + found.findIndex((byte, at) => at >= bytes || byte !== expected[at]);
    }
    return null;
  } finally {
    closeSync(file);
  }
}

/** Makes the bytes from one offset on; the offsets come one after the other. */
function makerOf(fill: Fill): (offset: number, lengthBytes: number) => Buffer {
  if (fill.kind === "pattern") {
    const pattern = Buffer.from(fill.hex, "hex");
    return (offset, lengthBytes) => {
      const skipped = offset % pattern.length;
      return Buffer.alloc(lengthBytes + skipped, pattern).subarray(skipped);
    };
  }
  if (fill.stream === "chacha8") throw new Error("Cannot make chacha8: OpenSSL does not have it");
  const cipher = createCipheriv(fill.stream, Buffer.from(fill.keyHex, "hex"), Buffer.alloc(16));
  return (_, lengthBytes) => cipher.update(Buffer.alloc(lengthBytes));
}
