/**
 * From a method to the passes of a plan, and from those and the job's seed to the bytes that are written. Nothing here
 * depends on the disk or on the time, so whoever has plan and seed can tell every byte of every pass.
 */
import type {
  CustomMethod,
  EraseMethod,
  ErasePlan,
  EraseWork,
  Fill,
  FirmwareEraseId,
  PlannedPass,
  Reading,
} from "@trofie/contract";
import { drawBelow, drawBytes } from "./draw.ts";
import { bytesOfReading } from "./sample.ts";

type Overwrite = Extract<PlannedPass, { kind: "overwrite" }>;
type Options = Pick<EraseWork, "rounds" | "blank" | "verify" | "discard">;

/** The passes in which a method overwrites, all its rounds and what the options add. */
export function plannedPasses(
  method: EraseMethod | CustomMethod,
  { rounds, blank, verify, discard }: Options,
): Pick<ErasePlan, "passes" | "shuffled"> {
  const { passes, finally: last = [], shuffled, verify: least }: Passes = { verify: "last", ...method };
  const isVerified = (isLastOfRound: boolean) => verify === "all" || (least === "round" && isLastOfRound);
  const overwrite = (write: string, isLastOfRound = false): Overwrite => ({
    kind: "overwrite",
    write,
    verified: isVerified(isLastOfRound),
  });

  const inRound = passes.map((write, i) => overwrite(write, i === passes.length - 1));
  const afterwards = [...last, ...(blank ? ["00"] : [])].map((write) => overwrite(write));
  const written = [...repeat(rounds, () => inRound).flat(), ...afterwards];
  return {
    passes: [...withLastVerified(written), ...(discard ? [{ kind: "discard" as const }] : [])],
    shuffled: shuffled === undefined ? [] : repeat(rounds, (round) => moved(shuffled, round * passes.length)),
  };
}

type Passes = Pick<EraseMethod, "passes" | "finally" | "shuffled" | "verify">;

/** What is on the disk in the end is read back in any case. */
function withLastVerified(passes: readonly Overwrite[]): Overwrite[] {
  return passes.map((pass, i) => (i === passes.length - 1 ? { ...pass, verified: true } : pass));
}

function repeat<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function moved([from, to]: readonly [number, number], by: number): [number, number] {
  return [from + by, to + by];
}

/** What the disk does in all: it writes each pass, and reads of each verified one what `reading` says. */
export function bytesOfPasses(passes: readonly PlannedPass[], sizeBytes: number, reading: Reading): number {
  const written = passes.filter((pass) => pass.kind === "overwrite");
  const verified = written.filter((pass) => pass.verified);
  return written.length * sizeBytes + verified.length * bytesOfReading(sizeBytes, reading);
}

/** A pass with all drawn that is random about it. `planned`: its place in the plan's passes, counted from 0. */
export type ResolvedPass =
  | { readonly kind: "overwrite"; readonly fill: Fill; readonly verified: boolean; readonly planned: number }
  | { readonly kind: "firmware"; readonly command: FirmwareEraseId; readonly planned: number }
  | { readonly kind: "discard"; readonly planned: number };

type Drawn = Pick<ErasePlan, "passes" | "rounds" | "shuffled" | "stream">;

/** The passes in the order in which they are carried out. */
export function resolvePasses(plan: Drawn, seedHex: string): ResolvedPass[] {
  const resolved = plan.passes.map((pass, planned): ResolvedPass => {
    if (pass.kind !== "overwrite") return { ...pass, planned };
    const fill = fillOf(plan, planned, pass.write, seedHex);
    return { kind: "overwrite", fill, verified: pass.verified, planned };
  });
  return plan.shuffled.reduce((passes, [from, to]) => shuffle(passes, from, to, seedHex), resolved);
}

function fillOf(plan: Drawn, planned: number, word: string, seedHex: string): Fill {
  if (word === "random") {
    const key = drawBytes(seedHex, `key of pass ${planned + 1}`);
    return { kind: "random", stream: plan.stream, keyHex: hexOf(key) };
  }
  const [, complement, character] = /^(~?)([a-z])$/.exec(word) ?? [];
  if (character === undefined) return { kind: "pattern", hex: word };
  const drawn = drawBytes(seedHex, `character ${character} of round ${roundOf(plan, planned, word)}`);
  const byte = drawn[0]! ^ (complement ? 0xff : 0);
  return { kind: "pattern", hex: hexOf(Uint8Array.of(byte)) };
}

/**
 * The round of a pass with a character, counted from 1. Every round has the same words and after the rounds comes no
 * character, so the places of a word are shared out evenly among the rounds.
 */
function roundOf({ passes, rounds }: Drawn, planned: number, word: string): number {
  const places = passes.flatMap((pass, i) => (pass.kind === "overwrite" && pass.write === word ? [i] : []));
  return Math.floor((places.indexOf(planned) * rounds) / places.length) + 1;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Fisher and Yates, from the last place down: each place gets one of those that are left, every order is as likely. */
function shuffle(passes: readonly ResolvedPass[], from: number, to: number, seedHex: string): ResolvedPass[] {
  const order = [...passes];
  for (let place = to - 1; place > from; place--) {
    const label = `order of passes ${from + 1} to ${to}, place ${place + 1}`;
    const drawn = from + drawBelow(seedHex, label, place - from + 1);
    [order[place], order[drawn]] = [order[drawn]!, order[place]!];
  }
  return order;
}
