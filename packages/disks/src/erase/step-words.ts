/** What an erase does, in words. The contract has such words too, but to import them costs a job's process its smallness. */
import type { Fill } from "@trofie/contract";

/** "00", "92 49 24", "random (chacha8)". */
export function fillWords(fill: Fill): string {
  return fill.kind === "random" ? `random (${fill.stream})` : (fill.hex.match(/../g) ?? []).join(" ");
}
