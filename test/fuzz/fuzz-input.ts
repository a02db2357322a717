/** Inputs of either kind, and how they are written down. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Chance } from "./chance.ts";
import { clientInput, type ClientInput } from "./client-input.ts";
import { crowdInput, stationInput, type CrowdInput, type StationInput } from "./station-input.ts";

export type FuzzInput = StationInput | CrowdInput | ClientInput;

/** The end of the protocol that is fuzzed; `both` is mostly the station's. */
export type End = "station" | "client" | "both";

export function fuzzInput(chance: Chance, end: End): FuzzInput {
  const isOfClient = end === "client" || (end === "both" && chance.oneIn(8));
  if (isOfClient) return clientInput(chance);
  return chance.oneIn(32) ? crowdInput(chance) : stationInput(chance);
}

/** An input in one word, for a command line. */
export function wordOf(input: FuzzInput): string {
  const json = JSON.stringify(input, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    const plain = this[key]; // A buffer's own idea of JSON is a list of numbers.
    return plain instanceof Uint8Array ? { latin1: Buffer.from(plain).toString("latin1") } : value;
  });
  return deflateRawSync(json).toString("base64url");
}

export function inputOf(word: string): FuzzInput {
  const json = inflateRawSync(Buffer.from(word, "base64url")).toString();
  return JSON.parse(json, (_, value: unknown) => {
    const isBytes = typeof value === "object" && value !== null && "latin1" in value;
    return isBytes ? Buffer.from(String(value.latin1), "latin1") : value;
  }) as FuzzInput;
}

/** An input as a person reads it. */
export function textOf(input: FuzzInput): string {
  if (input.end === "client") return JSON.stringify(input, null, 1);
  if (input.end === "crowd")
    return input.visits.map((visit) => `at the same time:\n${textOf(visit)}`).join("\n");
  const steps = input.steps.map((step) =>
    "say" in step
      ? step.say.map((piece) => `  say ${quoted(piece)}`).join("\n")
      : `  ${JSON.stringify(step)}`,
  );
  return [...steps, `  leave by ${input.leaving}`].join("\n");
}

function quoted(bytes: Uint8Array): string {
  const text = JSON.stringify(Buffer.from(bytes).toString("latin1"));
  return text.length > 2_000 ? `${text.slice(0, 2_000)}… (${bytes.length} bytes)` : text;
}
