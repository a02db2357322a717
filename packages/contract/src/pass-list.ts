/** Lists of passes that can be read at a glance: "4 × random, 27 in an order drawn for the job (…), 4 × random". */
import { passWordText } from "./fill.ts";
import { firmwareErases } from "./firmware-erases.ts";
import { findOverwrite } from "./methods.ts";
import type { ErasePlan, PlannedPass } from "./plan.ts";
import { readingText } from "./words.ts";

/** Passes [from, to) that come in an order drawn for the job. */
type Range = readonly [from: number, to: number];

/** A range that is longer than this shows only how it begins and ends. */
const listedInFull = 8;

/** The passes of a method of the table, in words. */
export function methodPassesText(id: string): string {
  const method = findOverwrite(id);
  if (method === undefined) return "by the disk itself";
  const { passes, shuffled, finally: last = [] } = method;
  const round = passListText(passes.map(passWordText), shuffled && [shuffled]);
  return last.length === 0 ? round : `${round}; once, after all rounds: ${passListText(last)}`;
}

/** All passes of a plan in words: "2 rounds of: 00, ff, random; then 00". */
export function plannedPassesText({ passes, rounds, shuffled }: ErasePlan): string {
  const words = passes.map(plannedPassText);
  if (rounds === 1) return passListText(words, shuffled);
  const length = roundLength(words, rounds);
  const round = passListText(
    words.slice(0, length),
    shuffled.filter(([, to]) => to <= length),
  );
  const after = words.slice(length * rounds);
  return [`${rounds} rounds of: ${round}`, ...(after.length > 0 ? [`then ${passListText(after)}`] : [])].join(
    "; ",
  );
}

/** What is read back, and when: "every byte", "after passes 3 and 6: every byte"; null where nothing is. */
export function readBackText({ passes, reading }: ErasePlan): string | null {
  const written = passes.flatMap((pass, i) =>
    pass.kind === "overwrite" ? [{ ...pass, number: i + 1 }] : [],
  );
  const verified = written.filter((pass) => pass.verified).map(({ number }) => number);
  if (verified.length === 0) return null;
  if (written.length === 1) return readingText[reading];
  return `after ${whichText(verified, written.length, written.at(-1)!.number)}: ${readingText[reading]}`;
}

function whichText(verified: readonly number[], writtenCount: number, last: number): string {
  if (verified.length === writtenCount) return "each pass";
  const [first] = verified;
  if (verified.length > 1) return `passes ${verified.slice(0, -1).join(", ")} and ${verified.at(-1)}`;
  return first === last ? "the last pass" : `pass ${first}`;
}

function plannedPassText(pass: PlannedPass): string {
  if (pass.kind === "overwrite") return passWordText(pass.write);
  return pass.kind === "firmware" ? firmwareErases[pass.command].title : "give all blocks back (discard)";
}

/** What is the same again and again is counted; what is shuffled says so. */
export function passListText(words: readonly string[], shuffled: readonly Range[] = []): string {
  const parts: string[] = [];
  let at = 0;
  for (const [from, to] of shuffled) {
    parts.push(...counted(words.slice(at, from)), shuffledText(words.slice(from, to)));
    at = to;
  }
  return [...parts, ...counted(words.slice(at))].join(", ");
}

function shuffledText(words: readonly string[]): string {
  const list =
    words.length <= listedInFull
      ? words.join(", ")
      : `${words.slice(0, 3).join(", ")} … ${words.slice(-2).join(", ")}`;
  return `${words.length} in an order drawn for the job (${list})`;
}

function counted(words: readonly string[]): string[] {
  const runs: { word: string; count: number }[] = [];
  for (const word of words) {
    const run = runs.at(-1);
    if (run?.word === word) run.count += 1;
    else runs.push({ word, count: 1 });
  }
  return runs.map(({ word, count }) => (count === 1 ? word : `${count} × ${word}`));
}

/** How many passes a round has: the most that come again and again from the beginning, so many times. */
function roundLength(words: readonly string[], rounds: number): number {
  const most = Math.floor(words.length / rounds);
  const lengths = Array.from({ length: most }, (_, i) => most - i);
  const isRound = (length: number): boolean =>
    words.slice(0, length * rounds).every((word, i) => word === words[i % length]);
  return lengths.find(isRound) ?? words.length;
}
