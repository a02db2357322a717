/** Carries a station's lines to a client, changed where an input says so. */
import { spoilBytes } from "./byte-spoils.ts";
import { Chance } from "./chance.ts";
import type { Change, ClientInput } from "./client-input.ts";
import { lineOf, type Message } from "./message.ts";

/** What arrives in place of a line: some bytes, and perhaps the end of the connection behind them. */
export interface Arriving {
  readonly bytes: Uint8Array;
  readonly isChanged: boolean;
  readonly thenEnds: boolean;
}

const nothing = new Uint8Array(0);

export class ChangedLines {
  readonly #changes: ReadonlyMap<number, Change>;
  #lines = 0;
  #held: Uint8Array = nothing;

  constructor({ changes }: ClientInput) {
    this.#changes = new Map(changes);
  }

  /** True when a change may have told the client something else than the station said. */
  static mayMislead({ changes }: ClientInput): boolean {
    return changes.some(
      ([, { how }]) => how === "bytes" || how === "place" || how === "preceded" || how === "after the next",
    );
  }

  carry(message: object): Arriving {
    const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
    const change = this.#changes.get(this.#lines);
    this.#lines += 1;
    const held = this.#held;
    this.#held = nothing;
    if (change?.how === "after the next") {
      this.#held = bytes;
      return { bytes: held, isChanged: true, thenEnds: false };
    }
    const changed = change === undefined ? bytes : changedBytes(bytes, message, change);
    return {
      bytes: held.length === 0 ? changed : Buffer.concat([changed, held]),
      isChanged: change !== undefined,
      thenEnds: change?.how === "cut",
    };
  }
}

type InPlace = Exclude<Change, { readonly how: "after the next" }>;

function changedBytes(bytes: Uint8Array, message: object, change: InPlace): Uint8Array {
  if ("line" in change) return Buffer.concat([Buffer.from(`${change.line}\n`), bytes]);
  if ("bytes" in change) return Buffer.concat([blanks(change.bytes + 1 - bytes.length), bytes]);
  if ("thousandths" in change)
    return bytes.subarray(0, Math.floor((bytes.length * change.thousandths) / 1_000));
  if ("seed" in change) return spoilt(bytes, message, change);
  return change.how === "lost" ? nothing : Buffer.concat([bytes, bytes]);
}

const blanks = (count: number): Uint8Array => Buffer.alloc(Math.max(0, count), " ");

function spoilt(
  bytes: Uint8Array,
  message: object,
  { how, seed }: { readonly how: "bytes" | "place"; readonly seed: number },
): Uint8Array {
  const chance = new Chance(seed);
  if (how === "bytes") return spoilBytes(bytes, chance);
  return Buffer.from(`${lineOf(JSON.parse(JSON.stringify(message)) as Message, chance, 1)}\n`);
}
