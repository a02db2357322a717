/** What is done to a station over one connection: an input of the fuzzer. */
import { byteLengths } from "./byte-lengths.ts";
import { cutUp, spoilBytes } from "./byte-spoils.ts";
import type { Chance } from "./chance.ts";
import { Talk } from "./talk.ts";

export type Step =
  /** Bytes arrive in these pieces. */
  | { readonly say: readonly Uint8Array[] }
  /** So many bytes arrive without the end of a line, and nobody keeps them. */
  | { readonly pourBytes: number }
  | { readonly waitMs: number }
  /** From now on our output is not taken, or taken again. */
  | { readonly taking: boolean }
  /** From now on nothing can be recorded, or it can again. */
  | { readonly full: boolean }
  /** Another connection opens as the same client, which ends this one. */
  | { readonly rival: true };

/** How the fuzzer leaves: with FIN, by a reset, or without a word. */
export type Leaving = "fin" | "reset" | "silence";

export interface StationInput {
  readonly end: "station";
  readonly steps: readonly Step[];
  readonly leaving: Leaving;
}

/** Several connections at the same time. */
export interface CrowdInput {
  readonly end: "crowd";
  readonly visits: readonly StationInput[];
}

export function crowdInput(chance: Chance): CrowdInput {
  return {
    end: "crowd",
    visits: Array.from({ length: 2 + chance.below(5) }, () => withoutTime(stationInput(chance))),
  };
}

/** Nothing that takes time, or that would happen to the others too. */
function withoutTime({ steps, leaving }: StationInput): StationInput {
  const own = steps.filter((step) => "say" in step || "taking" in step || "rival" in step);
  return { end: "station", steps: own, leaving: leaving === "silence" ? "fin" : leaving };
}

/** The input of one connection. */
export function stationInput(chance: Chance): StationInput {
  // A third is as it should be, so that what follows a good opening is met often.
  const kind = chance.weighed([
    [80, "good"],
    [60, "spoilt messages"],
    [60, "spoilt bytes"],
    [40, "disordered"],
    [1, "long"],
  ] as const);
  const text = `${linesOf(kind, chance).join("\n")}\n`;
  let bytes: Uint8Array = Buffer.from(text);
  if (kind === "spoilt bytes")
    for (let left = chance.pick([1, 1, 2, 5]); left > 0; left -= 1) bytes = spoilBytes(bytes, chance);
  return {
    end: "station",
    steps: happenings(cutUp(bytes, chance), chance),
    leaving: chance.weighed([
      [12, "fin"],
      [2, "reset"],
      [1, "silence"],
    ] as const),
  };
}

function linesOf(kind: string, chance: Chance): string[] {
  const talk = new Talk(chance);
  const lines: string[] = [];
  const spoils = (): number =>
    kind === "spoilt messages" && chance.oneIn(2) ? chance.pick([1, 1, 1, 2, 3]) : 0;
  if (!chance.oneIn(16)) lines.push(talk.opening(chance.oneIn(3) ? spoils() : 0));
  for (let left = chance.below(chance.oneIn(4) ? 9 : 4); left > 0; left -= 1) lines.push(talk.line(spoils()));
  if (kind === "disordered") disorder(lines, chance);
  if (kind === "long" && lines.length > 0) lengthen(lines, chance);
  return lines;
}

/** Lines twice, in another order, joined, in an array, empty, or with the ends of Windows. */
function disorder(lines: string[], chance: Chance): void {
  const at = (): number => chance.below(lines.length);
  for (let left = 1 + chance.below(3); left > 0 && lines.length > 0; left -= 1)
    switch (chance.below(6)) {
      case 0:
        lines.splice(at(), 0, chance.pick(lines));
        break;
      case 1:
        lines.push(...lines.splice(at(), 1));
        break;
      case 2:
        lines.splice(at(), 2, lines.slice(0, 2).join(""));
        break;
      case 3:
        lines.splice(at(), 1, `[${chance.pick(lines)}]`);
        break;
      case 4:
        lines.splice(at(), 0, chance.pick(["", "\r", " ", "\n\n"]));
        break;
      case 5:
        for (const [index, line] of lines.entries()) lines[index] = `${line}\r`;
        break;
    }
}

/** One line as long as lines may be, or a byte less or more, or much more: in blanks, in text or in garbage. */
function lengthen(lines: string[], chance: Chance): void {
  const at = chance.below(lines.length);
  const line = lines[at]!;
  const missing = chance.pick(byteLengths) - Buffer.byteLength(line);
  if (missing <= 0) return;
  lines[at] = chance.pick([
    `${line}${" ".repeat(missing)}`,
    line.replace("{", () => `{${" ".repeat(missing)}`),
    missing > 7 ? line.replace("{", () => `{"x":"${"x".repeat(missing - 7)}",`) : line,
    missing > 7 ? line.replace("{", () => `{"x":"${"é".repeat((missing - 7) >> 1)}",`) : line,
    "[".repeat(missing),
  ]);
}

/** What happens besides, between the pieces. */
function happenings(pieces: Uint8Array[], chance: Chance): Step[] {
  const half = chance.below(pieces.length + 1);
  const first: Step = { say: pieces.slice(0, half) };
  const second: Step = { say: pieces.slice(half) };
  const sometimes = (step: Step): Step[] => (chance.oneIn(2) ? [step] : []);
  return chance.weighed<() => Step[]>([
    [3_000, () => [{ say: pieces }]],
    [300, () => [first, { waitMs: chance.pick([1, 100, 4_000]) }, second]],
    [
      200,
      () => [
        ...sometimes({ taking: false }),
        first,
        { taking: false },
        second,
        ...sometimes({ taking: true }),
      ],
    ],
    [200, () => [...sometimes({ full: true }), first, { full: chance.oneIn(2) }, second]],
    [200, () => [first, { rival: true }, second]],
    [
      1,
      () => [first, { pourBytes: chance.oneIn(50) ? 100_000_000 : chance.pick([65_000, 200_000]) }, second],
    ],
  ])();
}
