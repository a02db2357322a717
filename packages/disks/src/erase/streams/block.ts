/** The blocks of a sweep: what every maker of them promises. */

/** The largest block that is made at once. */
export const blockBytes = 1024 * 1024;

export interface BlockMaker {
  /**
   * What belongs on the device from `offset` on, a multiple of 512; at most `blockBytes`. It lies in page-aligned memory
   * and stays as it is until the next call for the same lane. Not to be written to: a pattern's is shared by all lanes.
   */
  make(offset: number, lengthBytes: number, lane: number): Uint8Array;
  /**
   * Gives the memory back for the next maker, and with it what was made. Without it that memory lies about until the
   * garbage collector comes, and a method of many passes has many makers.
   */
  close(): void;
}

/** Throws on what would give other bytes than belong there. */
export function checkRange(offset: number, lengthBytes: number, longest = blockBytes): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset % 512 !== 0) {
    throw new RangeError(`Cannot make a block at byte ${offset}: it is not the first of a sector`);
  }
  if (lengthBytes > longest) {
    throw new RangeError(`Cannot make a block of ${lengthBytes} bytes: the most is ${longest}`);
  }
}
