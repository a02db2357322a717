/** A sum over each row, against what a medium does to it: it shows that the row is not as it was written. */
import { createHash } from "node:crypto";
import type { SQLInputValue } from "node:sqlite";

/** The columns that each table's sum covers; the first is the key. */
export const summed = {
  meta: { columns: ["key", "value"] },
  command: { columns: ["id", "digest", "principal", "method", "verdict"] },
  job: {
    columns: ["number", "id", "ended", "job", "plan", "seed", "checkpoint", "process", "rests"],
  },
  admission: { columns: ["number", "fingerprint", "opened_ms", "seen_ms"] },
} as const;
export type SummedTable = keyof typeof summed;

/** 128 bits of SHA-256 over the table's name and the values, in the order of its columns. */
export function sumOf(table: SummedTable, values: readonly SQLInputValue[]): string {
  return createHash("sha256")
    .update(JSON.stringify([table, ...values]))
    .digest("hex")
    .slice(0, 32);
}
