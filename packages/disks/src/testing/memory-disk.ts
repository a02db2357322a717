/** A disk in memory, with faults that can be switched while a job runs. */
import type { Disk } from "../disk/disk.ts";

export interface Faults {
  /** Called before each operation; may throw an error of the kernel, or wait. */
  before?: (
    operation: "read" | "write" | "flush",
    offset: number,
    lengthBytes: number,
  ) => void | Promise<void>;
  /** True for writes that are acknowledged and not done. */
  lies?: (offset: number) => boolean;
  /** How many bytes are moved at most in one operation. */
  mostBytes?: number;
}

export class MemoryDisk implements Disk {
  readonly bytes: Uint8Array;
  readonly direct: boolean;
  readonly faults: Faults;

  constructor(bytes: Uint8Array, faults: Faults = {}, direct = true) {
    this.bytes = bytes;
    this.faults = faults;
    this.direct = direct;
  }

  get sizeBytes(): number {
    return this.bytes.length;
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    const found = this.bytes.subarray(offset, offset + this.#most(into.length));
    await this.faults.before?.("read", offset, found.length);
    into.set(found);
    return found.length;
  }

  async write(from: Uint8Array, offset: number): Promise<number> {
    const given = from.subarray(0, this.#most(from.length));
    await this.faults.before?.("write", offset, given.length);
    if (offset + given.length > this.bytes.length) throw systemError("ENOSPC");
    if (this.faults.lies?.(offset) !== true) this.bytes.set(given, offset);
    return given.length;
  }

  async flush(): Promise<void> {
    await this.faults.before?.("flush", 0, 0);
  }

  async close(): Promise<void> {}

  #most(lengthBytes: number): number {
    return Math.min(lengthBytes, this.faults.mostBytes ?? lengthBytes);
  }
}

/** An error as the kernel's are in Node. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}
