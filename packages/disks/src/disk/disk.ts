/** An open disk, as the passes see it: a row of bytes with a known end. */
import type { FileStat } from "../machine/machine.ts";

export interface Disk {
  readonly sizeBytes: number;
  /** True when bytes go past the page cache; if not, what is read may never have reached the medium. */
  readonly direct: boolean;
  /** May read fewer bytes than asked, 0 past the end. `into` is page-aligned memory (`aligned-memory.ts`). */
  read(into: Uint8Array, offset: number): Promise<number>;
  /** Writes the parts one behind the other in one operation; may write fewer bytes than asked. */
  write(parts: readonly Uint8Array[], offset: number): Promise<number>;
  /**
   * Returns when all that was written is on the medium. The first failure is final: the kernel reports an error once,
   * marks the pages clean, and lets the next call succeed.
   */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A disk together with what was opened, which is not always what was meant. */
export interface OpenedDisk extends Disk {
  readonly file: FileStat;
}

/** The world's fault, not the caller's: a disk that cannot be read or written. `cause` is the kernel's error. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly offset: number;

  constructor(verb: "read" | "write" | "flush", offset: number, cause: unknown) {
    const place = verb === "flush" ? "" : ` at byte ${offset}`;
    super(`Cannot ${verb} the disk${place}: ${reasonOf(cause)}`, { cause });
    this.offset = offset;
  }
}

/** "ENOSPC" of a system error, else its message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
