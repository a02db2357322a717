import { createHash } from "node:crypto";

/** Chance that can be had again: the same seed gives the same numbers, on every machine. */
export class Chance {
  readonly #seed: string;
  #drawn = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** A whole number from 0 to just under `count`. */
  below(count: number): number {
    return Math.floor(this.#fraction() * count);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  oneOf<const T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  #fraction(): number {
    const digest = createHash("sha256").update(`${this.#seed} ${this.#drawn++}`).digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }
}
