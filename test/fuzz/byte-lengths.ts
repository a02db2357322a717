import { maxBytesAfterOpen, maxBytesBeforeOpen } from "@trofie/commands";

/** Lengths of lines at which something may change. */
export const byteLengths: readonly number[] = [
  maxBytesBeforeOpen,
  maxBytesAfterOpen,
  2 * maxBytesAfterOpen,
].flatMap((limit) => [limit - 1, limit, limit + 1]);
