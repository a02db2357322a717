/** Chance, as a reactor sees it: given from outside, so that a test can replay it from a seed. */
export interface Random {
  /** `count` random bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer>;

  /** A number from 0 up to, not including, 1. */
  number(): number;
}
