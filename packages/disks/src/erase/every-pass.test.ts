/** What is on the disk after each pass of each method, made again without our makers of bytes. */
import { createCipheriv } from "node:crypto";
import { overwriteMethods, type Fill } from "@trofie/contract";
import { expect, test } from "vitest";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { Workbench } from "../testing/workbench.ts";

/** A block and a piece of a second that no pattern's length divides. */
const sizeBytes = 2 ** 20 + 7 * 512;

function bytesOf(fill: Fill): Buffer {
  if (fill.kind === "pattern") return Buffer.alloc(sizeBytes, fill.hex, "hex");
  return createCipheriv(fill.stream, Buffer.from(fill.keyHex, "hex"), Buffer.alloc(16)).update(
    Buffer.alloc(sizeBytes),
  );
}

test.each(Object.keys(overwriteMethods))(
  "each pass of %s is on the disk when it has ended",
  async (method) => {
    const disk = new MemoryDisk({ sizeBytes, byte: 0xbe });
    const found: Buffer[] = [];
    const bench = new Workbench({
      disk,
      onEvent: ({ type }) => void (type === "verifying" && found.push(Buffer.from(disk.bytes))),
    });
    const report = await bench.erase(
      await bench.plan({ method, verify: "all", stream: "aes-256-ctr", rounds: 2 }),
    );
    if (report.findings?.kind !== "erase") throw new Error("No findings of an erase");
    const fills = report.findings.passes.flatMap((pass) => (pass.kind === "overwrite" ? pass.fill : []));
    expect(report.outcome).toBe("erased");
    expect(found).toHaveLength(fills.length);
    for (const [i, fill] of fills.entries()) expect(Buffer.compare(found[i]!, bytesOf(fill))).toBe(0);
  },
);
