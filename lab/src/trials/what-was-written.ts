import { createCipheriv } from "node:crypto";
import type { EraseFindings, Fill } from "@trofie/contract";

/**
 * The bytes that a report says are on the disk, made anew by OpenSSL instead of our own generator. Of an erase whose
 * last pass is a pattern, or random by aes-256-ctr.
 */
export function whatWasWritten(findings: EraseFindings, sizeBytes: number): Buffer {
  const last = findings.passes.findLast((pass) => pass.kind === "overwrite");
  if (last?.kind !== "overwrite") throw new Error("No pass has written anything");
  return bytesOf(last.fill, sizeBytes);
}

function bytesOf(fill: Fill, sizeBytes: number): Buffer {
  if (fill.kind === "pattern") return Buffer.alloc(sizeBytes, fill.hex, "hex");
  if (fill.stream !== "aes-256-ctr") throw new Error(`OpenSSL has no ${fill.stream}`);
  const cipher = createCipheriv("aes-256-ctr", Buffer.from(fill.keyHex, "hex"), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(sizeBytes));
}
