/** Of one core: with more than this taken by other programs, a measurement is taken again. */
const NOISE_SHARE = 0.1;
const MOST_ATTEMPTS = 3;

/** A measurement that knows how much of a core other programs took meanwhile. */
export interface Disturbed {
  readonly othersShare: number;
}

/** Measures until other programs are quiet, at most three times; the quietest measurement stays. */
export async function quietest<T extends Disturbed>(measure: () => Promise<T>): Promise<T> {
  let best = await measure();
  for (let attempt = 1; attempt < MOST_ATTEMPTS && best.othersShare > NOISE_SHARE; attempt += 1) {
    const next = await measure();
    if (next.othersShare < best.othersShare) best = next;
  }
  return best;
}
