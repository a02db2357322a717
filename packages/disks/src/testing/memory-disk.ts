/**
 * A disk in memory that fails as real ones do, and in every run the same way: a volatile write cache that a power cut
 * empties, writes that are torn, lost or acknowledged and never done, sectors that cannot be read or written, operations
 * that take time or never come back, and a disk that is pulled. All of it can be switched while a job runs.
 *
 * ```ts
 * const disk = new MemoryDisk({ sizeBytes: 8 * 1024 * 1024, seed: 7 });
 * disk.spoil({ offset: 4096, lengthBytes: 512, on: "write" });
 * // … run a job on it …
 * disk.cutPower();
 * const after = disk.medium; // what the job's checkpoints had better be right about
 * ```
 */
import type { OpenedDisk } from "../disk/disk.ts";
import type { JobClock } from "../job/job-context.ts";
import type { FileStat } from "../machine/machine.ts";
import { seededRandom } from "./seeded-random.ts";

export type Operation = "read" | "write" | "flush";

export interface MemoryDiskOptions {
  readonly sizeBytes: number;
  /** What it holds at first, in every byte. */
  readonly byte?: number;
  /** What is bad, torn or lost as a whole. */
  readonly sectorBytes?: number;
  /** False: as a disk behind the page cache. */
  readonly direct?: boolean;
  /** Whether what was written is only durable after a flush. */
  readonly hasCache?: boolean;
  /** Decides what a power cut spares. */
  readonly seed?: number;
  readonly faults?: Faults;
  /** How long each operation takes, on that clock. */
  readonly latency?: {
    readonly clock: Pick<JobClock, "wait">;
    readonly ms: (operation: Operation, offset: number, lengthBytes: number) => number;
  };
}

/** What a test decides from outside. */
export interface Faults {
  /** Called before each operation; may throw an error of the kernel, or wait. */
  before?: (operation: Operation, offset: number, lengthBytes: number) => void | Promise<void>;
  /** True for writes that are acknowledged and not done. */
  lies?: (offset: number) => boolean;
  /** How many bytes are moved at most in one operation. */
  mostBytes?: number;
}

export interface Spoiled {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly on: "read" | "write" | "both";
  /** The kernel's word for it; EIO. */
  readonly code?: string;
  /** How many operations fail until the disk has taken other sectors for them; all. */
  readonly times?: number;
  /** A write that succeeds makes them readable again, as a drive does with sectors that are pending. */
  readonly healedByWrite?: boolean;
}

/**
 * How a disk that was pulled answers: SCSI and USB with an error; NVMe reads "end of file", has no space to write, and
 * cannot flush.
 */
export type Farewell = "ENODEV" | "EIO" | "end of file";

export class MemoryDisk implements OpenedDisk {
  /** As whoever has it open sees it. */
  readonly bytes: Uint8Array;
  /** What survives a power cut. */
  readonly medium: Uint8Array;
  readonly sizeBytes: number;
  readonly sectorBytes: number;
  readonly direct: boolean;
  readonly faults: Faults;
  /** How many operations there were, and what they moved. */
  readonly counts = { read: 0, write: 0, flush: 0, bytesRead: 0, bytesWritten: 0 };
  /** Attachments since it was made: the kernel's diskseq. */
  attachment = 1;
  file: FileStat;
  readonly #hasCache: boolean;
  readonly #random: () => number;
  readonly #latency: MemoryDiskOptions["latency"];
  #spoiled: (Spoiled & { left: number })[] = [];
  #unflushed: { readonly offset: number; readonly lengthBytes: number }[] = [];
  #farewell: Farewell | null = null;
  #hanging: PromiseWithResolvers<void> | null = null;
  #powerCuts = 0;
  readonly #inFlight = new Set<{ readonly offset: number; readonly given: Uint8Array }>();

  constructor(options: MemoryDiskOptions) {
    const { sizeBytes, byte = 0, sectorBytes = 512, direct = true, hasCache = true, seed = 1 } = options;
    this.bytes = new Uint8Array(sizeBytes).fill(byte);
    this.medium = hasCache ? this.bytes.slice() : this.bytes;
    this.sizeBytes = sizeBytes;
    this.sectorBytes = sectorBytes;
    this.direct = direct;
    this.faults = options.faults ?? {};
    this.file = blockDeviceFile("8:16");
    this.#hasCache = hasCache;
    this.#random = seededRandom(seed);
    this.#latency = options.latency;
  }

  get isGone(): boolean {
    return this.#farewell !== null;
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    const lengthBytes = Math.min(this.#most(into.length), Math.max(0, this.sizeBytes - offset));
    await this.#begin("read", offset, lengthBytes);
    if (this.#farewell === "end of file") return 0;
    this.#failIfSpoiled("read", offset, lengthBytes);
    into.set(this.bytes.subarray(offset, offset + lengthBytes));
    this.counts.bytesRead += lengthBytes;
    return lengthBytes;
  }

  async write(parts: readonly Uint8Array[], offset: number): Promise<number> {
    const from = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const given = from.subarray(0, this.#most(from.length));
    await this.#beginWrite(given, offset);
    if (this.#farewell === "end of file" || offset + given.length > this.sizeBytes)
      throw systemError("ENOSPC");
    const bad = this.#firstSpoiled("write", offset, given.length);
    const goodBytes = bad === null ? given.length : Math.max(0, bad.offset - offset);
    this.#store(given.subarray(0, goodBytes), offset);
    if (bad !== null) throw this.#failureOf(bad);
    this.#heal(offset, given.length);
    return given.length;
  }

  async flush(): Promise<void> {
    const flushed = this.#unflushed;
    await this.#begin("flush", 0, 0);
    if (this.#farewell === "end of file") throw systemError("EIO");
    for (const { offset, lengthBytes } of flushed) {
      this.medium.set(this.bytes.subarray(offset, offset + lengthBytes), offset);
    }
    this.#unflushed = this.#unflushed.filter((write) => !flushed.includes(write));
  }

  async close(): Promise<void> {}

  /** As one process has it open: once the power was cut, that process hears nothing of it any more. */
  opened(): OpenedDisk {
    const powerCuts = this.#powerCuts;
    const whilePowered = <T>(operate: () => Promise<T>): Promise<T> =>
      this.#powerCuts === powerCuts ? operate() : new Promise(() => {});
    return {
      file: this.file,
      sizeBytes: this.sizeBytes,
      direct: this.direct,
      read: (into, offset) => whilePowered(() => this.read(into, offset)),
      write: (parts, offset) => whilePowered(() => this.write(parts, offset)),
      flush: () => whilePowered(() => this.flush()),
      close: () => this.close(),
    };
  }

  /** From now on these sectors fail. */
  spoil(spoiled: Spoiled): void {
    this.#spoiled.push({ ...spoiled, left: spoiled.times ?? Infinity });
  }

  /**
   * Of what was not flushed each write is done, lost, or torn between two sectors, by the seed; those in flight too.
   * Operations in flight never come back to whoever had it open.
   */
  cutPower(): void {
    for (const { offset, lengthBytes } of this.#unflushed) {
      this.#tear(this.bytes.subarray(offset, offset + lengthBytes), offset);
    }
    for (const { offset, given } of this.#inFlight) this.#tear(given, offset);
    this.#unflushed = [];
    this.#inFlight.clear();
    this.#powerCuts += 1;
    this.bytes.set(this.medium);
  }

  /** Operations do not come back until `answer`. */
  hang(): void {
    this.#hanging ??= Promise.withResolvers();
  }

  answer(): void {
    this.#hanging?.resolve();
    this.#hanging = null;
  }

  /** It is pulled: what was not flushed is lost like in a power cut, and operations in flight fail. */
  pull(farewell: Farewell = "ENODEV"): void {
    this.#farewell = farewell;
    this.cutPower();
    this.#powerCuts -= 1;
    this.answer();
  }

  /** It is back, as another attachment. */
  plugIn(): void {
    this.#farewell = null;
    this.attachment += 1;
  }

  async #beginWrite(given: Uint8Array, offset: number): Promise<void> {
    const write = { offset, given };
    this.#inFlight.add(write);
    try {
      await this.#begin("write", offset, given.length);
    } finally {
      this.#inFlight.delete(write);
    }
  }

  async #begin(operation: Operation, offset: number, lengthBytes: number): Promise<void> {
    const powerCuts = this.#powerCuts;
    this.counts[operation] += 1;
    if (this.faults.before) await this.faults.before(operation, offset, lengthBytes);
    const ms = this.#latency?.ms(operation, offset, lengthBytes) ?? 0;
    if (ms > 0) await this.#latency?.clock.wait(ms);
    if (this.#hanging) await this.#hanging.promise;
    if (this.#powerCuts !== powerCuts) await new Promise(() => {});
    if (this.#farewell === "ENODEV" || this.#farewell === "EIO") throw systemError(this.#farewell);
  }

  /** Spares a part of a write, from its beginning. */
  #tear(given: Uint8Array, offset: number): void {
    const sectors = Math.ceil(given.length / this.sectorBytes);
    const spared = Math.floor(this.#random() * (sectors + 1)) * this.sectorBytes;
    this.medium.set(given.subarray(0, spared), offset);
  }

  #store(given: Uint8Array, offset: number): void {
    if (given.length === 0 || this.faults.lies?.(offset) === true) return;
    this.bytes.set(given, offset);
    this.counts.bytesWritten += given.length;
    if (this.#hasCache) this.#unflushed.push({ offset, lengthBytes: given.length });
  }

  #failIfSpoiled(on: "read" | "write", offset: number, lengthBytes: number): void {
    const bad = this.#firstSpoiled(on, offset, lengthBytes);
    if (bad !== null) throw this.#failureOf(bad);
  }

  #firstSpoiled(on: "read" | "write", offset: number, lengthBytes: number) {
    let first: (Spoiled & { left: number }) | null = null;
    for (const bad of this.#spoiled) {
      if (bad.left === 0 || (bad.on !== on && bad.on !== "both")) continue;
      if (overlaps(bad, offset, lengthBytes) && bad.offset < (first?.offset ?? Infinity)) first = bad;
    }
    return first;
  }

  #failureOf(bad: Spoiled & { left: number }): Error {
    bad.left -= 1;
    return systemError(bad.code ?? "EIO");
  }

  #heal(offset: number, lengthBytes: number): void {
    this.#spoiled = this.#spoiled.filter(
      (bad) => bad.healedByWrite !== true || !overlaps(bad, offset, lengthBytes),
    );
  }

  #most(lengthBytes: number): number {
    return Math.min(lengthBytes, this.faults.mostBytes ?? lengthBytes);
  }
}

function overlaps(
  range: { offset: number; lengthBytes: number },
  offset: number,
  lengthBytes: number,
): boolean {
  return range.offset < offset + lengthBytes && offset < range.offset + range.lengthBytes;
}

function blockDeviceFile(number: string): FileStat {
  return { kind: "block", number, onDevice: "0:5", inode: "1", links: 1, sizeBytes: 0, modified: "0" };
}

/** An error as the kernel's are in Node. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}
