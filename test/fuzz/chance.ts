/** Chance in the words of a fuzzer. The same seed makes the same choices, for ever. */
import type { Random } from "@trofie/reactor";
import { seededRandom } from "@trofie/reactor/testing";

export class Chance {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** The chance of one execution of a campaign. */
  static of(campaignSeed: number, execution: number): Chance {
    return new Chance(
      Math.imul(campaignSeed ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(execution + 1, 0x85ebca6b),
    );
  }

  /** A whole number from 0 up to, and not including, `count`. */
  below(count: number): number {
    return Math.floor(this.#random.number() * count);
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Picks by weight: `[[5, "often"], [1, "seldom"]]`. */
  weighed<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, choice] of choices) if ((left -= weight) < 0) return choice;
    throw new RangeError("Cannot pick: there are no choices");
  }

  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += this.below(0x1000000).toString(16).padStart(6, "0");
    return text.slice(0, digits);
  }

  /** A UUID of version 4 or 7, whatever the time. */
  uuid(version: 4 | 7): string {
    return `${this.hex(8)}-${this.hex(4)}-${version}${this.hex(3)}-8${this.hex(3)}-${this.hex(12)}`;
  }
}
