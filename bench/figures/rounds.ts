/** Rounds of measuring, and what is made of their samples. */

/**
 * Measures all, round by round, each round in the opposite order of the one before, so that the machine's drift
 * favours nobody. What fails ends the bench: a figure of something broken is worth nothing.
 */
export async function inRounds<T extends { readonly name: string }, S>(
  rounds: number,
  all: readonly T[],
  measure: (one: T) => Promise<S>,
): Promise<Map<string, S[]>> {
  const samples = new Map(all.map(({ name }) => [name, [] as S[]]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? all : all.toReversed();
    for (const one of order) {
      try {
        samples.get(one.name)!.push(await measure(one));
      } catch (error) {
        throw new Error(`Cannot measure ${one.name}: ${asText(error)}`, { cause: error });
      }
    }
  }
  return samples;
}

function asText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[Math.floor(index)] ?? Number.NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(middle);
}

export function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;
}

/** The median of what `one` is to `other` in each round: rounds differ more than peers do. */
export function medianRatio(one: readonly number[], other: readonly number[] | undefined): number {
  return median(one.map((value, round) => value / (other?.[round] ?? Number.NaN)));
}
