/**
 * Writes the bytes of a random stream from `offset` on, a multiple of 512, into its memory at `at`. It may write up to
 * 511 bytes more than asked.
 */
export type WriteStream = (at: number, lengthBytes: number, offset: number) => void;
