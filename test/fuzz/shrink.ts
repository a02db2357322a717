/** Makes an input that breaks something as short as simple means can. */
import type { ClientInput } from "./client-input.ts";
import type { FuzzInput } from "./fuzz-input.ts";
import type { CrowdInput, StationInput, Step } from "./station-input.ts";

/** Shorter inputs are tried until so many have been. */
const mostTries = 2_000;

/** `breaks` says whether an input still breaks something. */
export async function shrink(
  input: FuzzInput,
  breaks: (shorter: FuzzInput) => Promise<boolean>,
): Promise<FuzzInput> {
  let shortest = input;
  let tries = 0;
  search: for (;;) {
    for (const shorter of shorterInputs(shortest)) {
      if ((tries += 1) > mostTries) return shortest;
      if (!(await breaks(shorter))) continue;
      shortest = shorter;
      continue search;
    }
    return shortest;
  }
}

function shorterInputs(input: FuzzInput): Iterable<FuzzInput> {
  if (input.end === "client") return shorterSayings(input);
  return input.end === "station" ? shorterTalks(input) : shorterCrowds(input);
}

/** One connection alone, one less, and each of them shorter. */
function* shorterCrowds({ end, visits }: CrowdInput): Generator<FuzzInput> {
  yield* visits;
  if (visits.length > 2) for (const index of visits.keys()) yield { end, visits: visits.toSpliced(index, 1) };
  for (const [index, visit] of visits.entries())
    for (const shorter of shorterTalks(visit)) yield { end, visits: visits.with(index, shorter) };
}

function* shorterTalks(input: StationInput): Generator<StationInput> {
  const { steps } = input;
  for (const index of steps.keys()) yield { ...input, steps: steps.toSpliced(index, 1) };
  if (input.leaving !== "fin") yield { ...input, leaving: "fin" };
  for (const [index, step] of steps.entries())
    for (const shorter of shorterSteps(step)) yield { ...input, steps: steps.with(index, shorter) };
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1];
    if ("say" in step && next && "say" in next)
      yield { ...input, steps: steps.toSpliced(index, 2, { say: [...step.say, ...next.say] }) };
  }
}

function* shorterSteps(step: Step): Generator<Step> {
  if ("pourBytes" in step && step.pourBytes > 100_000) yield { pourBytes: step.pourBytes >> 1 };
  if (!("say" in step)) return;
  const all = Buffer.concat(step.say);
  if (step.say.length > 1) yield { say: [all] };
  for (const bytes of shorterBytes(all)) yield { say: [bytes] };
}

/** Without a line, then without a piece: half of it, a quarter, … */
function* shorterBytes(bytes: Buffer): Generator<Buffer> {
  const lines = bytes.toString("latin1").split(/(?<=\n)/);
  if (lines.length > 1)
    for (const index of lines.keys()) yield Buffer.from(lines.toSpliced(index, 1).join(""), "latin1");
  for (let length = bytes.length >> 1; length >= 1; length >>= 1)
    for (let from = 0; from + length <= bytes.length; from += length)
      yield Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
}

function* shorterSayings(input: ClientInput): Generator<ClientInput> {
  const { changes, asks, events } = input;
  for (const index of changes.keys()) yield { ...input, changes: changes.toSpliced(index, 1) };
  for (const index of asks.keys()) yield { ...input, asks: asks.toSpliced(index, 1) };
  if (events > 0) yield { ...input, events: events - 1 };
  if (input.leaving !== "fin") yield { ...input, leaving: "fin" };
  if (input.pieceBytes !== whole) yield { ...input, pieceBytes: whole };
}

const whole = 1_000_000;
