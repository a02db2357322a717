/** A disk whose operations in flight are watched: one that does not come back is a disk that hangs. */
import type { FileStat } from "../machine/machine.ts";
import type { OpenedDisk } from "./disk.ts";

export class WatchedDisk implements OpenedDisk {
  readonly #disk: OpenedDisk;
  readonly #now: () => number;
  /** When each operation in flight began, oldest first. */
  readonly #begun = new Map<number, number>();
  #operations = 0;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(disk: OpenedDisk, now: () => number) {
    this.#disk = disk;
    this.#now = now;
  }

  get sizeBytes(): number {
    return this.#disk.sizeBytes;
  }

  get direct(): boolean {
    return this.#disk.direct;
  }

  get file(): FileStat {
    return this.#disk.file;
  }

  /** How long the oldest operation in flight has not come back; 0 when there is none. */
  waitingMs(): number {
    for (const begunMs of this.#begun.values()) return this.#now() - begunMs;
    return 0;
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    return this.#watched(this.#disk.read(into, offset));
  }

  write(parts: readonly Uint8Array[], offset: number): Promise<number> {
    return this.#watched(this.#disk.write(parts, offset));
  }

  flush(): Promise<void> {
    return this.#watched(this.#disk.flush());
  }

  close(): Promise<void> {
    return this.#watched(this.#disk.close());
  }

  async #watched<T>(operation: Promise<T>): Promise<T> {
    const id = this.#operations++;
    this.#begun.set(id, this.#now());
    try {
      return await operation;
    } finally {
      this.#begun.delete(id);
    }
  }
}
