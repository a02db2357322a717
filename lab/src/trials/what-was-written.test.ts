import type { EraseFindings, Fill } from "@trofie/contract";
import { expect, test } from "vitest";
import { whatWasWritten } from "./what-was-written.ts";

function findings(...fills: Fill[]): EraseFindings {
  const passes = fills.map((fill) => {
    return {
      kind: "overwrite",
      fill,
      bytesWritten: 8,
      rewrittenBytes: 0,
      durationMs: 0,
      generatingMs: 0,
      verification: null,
    } as const;
  });
  return {
    kind: "erase",
    warnings: [],
    directIo: true,
    passes,
    faulty: [],
    faultyBytes: 0,
    rangesCut: false,
    resumptions: [],
  };
}

test("the last pass is what is on the disk", () => {
  const ended = findings({ kind: "pattern", hex: "ff" }, { kind: "pattern", hex: "924924" });
  expect(whatWasWritten(ended, 8).toString("hex")).toBe("9249249249249249");
});

test("a random pass is AES-256 of a counter that begins with 0: its first block is that of a key and a block of zeros", () => {
  const stream = "aes-256-ctr";
  const keyHex = "00".repeat(32);
  const random = whatWasWritten(findings({ kind: "random", stream, keyHex }), 16);
  expect(random.toString("hex")).toBe("dc95c078a2408989ad48a21492842087");
});
