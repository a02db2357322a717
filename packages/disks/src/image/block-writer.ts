/** Writes content to a disk from its first byte on, in blocks, several at once. */
import { alignedMemory } from "../disk/aligned-memory.ts";
import type { Disk } from "../disk/disk.ts";
import { flushDisk, writeFully } from "../disk/io-errors.ts";
import { blockBytes, lanesOf, sectorBytes } from "./blocks.ts";
import { ImageError } from "./image-error.ts";

/** Through the page cache: brought to the medium this often, so that an error is not far from its cause. */
const blocksBetweenFlushes = 128;

export class BlockWriter {
  readonly #disk: Disk;
  readonly #pass: (settled: () => Promise<unknown>) => Promise<void>;
  readonly #memories: Uint8Array[];
  readonly #onTheWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;
  /** The block that is being filled, and how far it is. */
  #block: Uint8Array | null = null;
  #filled = 0;
  #nextOffset = 0;
  #sinceFlush = 0;

  /** `pass` is passed before each block; `settled` resolves when none is on its way. May throw. */
  constructor(disk: Disk, pass: (settled: () => Promise<unknown>) => Promise<void> = async () => {}) {
    this.#disk = disk;
    this.#pass = pass;
    this.#memories = Array.from({ length: lanesOf(disk) + 1 }, () => alignedMemory(blockBytes));
  }

  /** Copies the bytes. Throws what an earlier block failed with, and an `ImageError` when the disk is full. */
  async add(bytes: Uint8Array): Promise<void> {
    if (this.#nextOffset + this.#filled + bytes.length > this.#disk.sizeBytes) {
      throw new ImageError(`its content is larger than the device's ${this.#disk.sizeBytes} bytes`);
    }
    for (let taken = 0; taken < bytes.length;) {
      const block = (this.#block ??= await this.#freeMemory());
      const piece = bytes.subarray(taken, taken + blockBytes - this.#filled);
      block.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === blockBytes) await this.#begin(block, blockBytes);
    }
  }

  /**
   * Writes what is left, filled up with zeros to the end of its sector, and returns when all is on the medium.
   */
  async finish(): Promise<void> {
    if (this.#block !== null && this.#filled > 0) {
      const whole = Math.ceil(this.#filled / sectorBytes) * sectorBytes;
      const lengthBytes = Math.min(whole, this.#disk.sizeBytes - this.#nextOffset);
      this.#block.fill(0, this.#filled, lengthBytes);
      await this.#begin(this.#block, lengthBytes);
    }
    await this.settled();
    if (this.#failure !== null) throw this.#failure.error;
    await flushDisk(this.#disk);
  }

  /** Resolves when no block is on its way; never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#onTheWay);
  }

  async #freeMemory(): Promise<Uint8Array> {
    while (this.#memories.length === 0) await Promise.race(this.#onTheWay);
    if (this.#failure !== null) throw this.#failure.error;
    return this.#memories.pop() ?? alignedMemory(blockBytes);
  }

  async #begin(block: Uint8Array, lengthBytes: number): Promise<void> {
    await this.#pass(() => this.settled());
    if (!this.#disk.direct && ++this.#sinceFlush > blocksBetweenFlushes) await this.#flushEarly();
    const write = this.#write(block, lengthBytes, this.#nextOffset);
    this.#onTheWay.add(write);
    void write.then(() => this.#onTheWay.delete(write));
    this.#nextOffset += lengthBytes;
    this.#block = null;
    this.#filled = 0;
  }

  async #flushEarly(): Promise<void> {
    this.#sinceFlush = 1;
    await this.settled();
    if (this.#failure === null) await flushDisk(this.#disk);
  }

  /** Never rejects: the first failure is kept for whoever comes next. */
  async #write(block: Uint8Array, lengthBytes: number, offset: number): Promise<void> {
    try {
      if (this.#failure === null) await writeFully(this.#disk, [block.subarray(0, lengthBytes)], offset);
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#memories.push(block);
  }
}
