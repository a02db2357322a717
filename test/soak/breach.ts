/** What did not hold. */

/**
 * - `lost`: what was accepted, or kept by a client to be sent, led to nothing, or nobody was told.
 * - `doubled`: what was wanted once was done, or told, twice.
 * - `corrupt`: what is on a medium, or was said, is not what it has to be.
 */
export type BreachKind = "lost" | "doubled" | "corrupt";

export interface Breach {
  readonly kind: BreachKind;
  readonly what: string;
}
