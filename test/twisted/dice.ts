import { seededRandom } from "@trofie/reactor/testing";

/** Choices that are the same for the same seed. */
export class Dice {
  readonly #number: () => number;

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.#number = () => random.number();
  }

  /** A whole number from `least` up to and including `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#number() * (most - least + 1));
  }

  /** True in one of `often` throws. */
  oneIn(often: number): boolean {
    return this.between(1, often) === 1;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)]!;
  }

  /** The results of `make`, called `least` to `most` times. */
  some<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: this.between(least, most) }, make);
  }
}
