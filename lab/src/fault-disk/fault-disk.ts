import { setTimeout as delay } from "node:timers/promises";
import { DiskFault, DiskVanished, firstBadSector, liesAbout, type Faults } from "./faults.ts";
import { Media } from "./media.ts";
import { VolatileCache } from "./volatile-cache.ts";

export interface FaultDiskOptions {
  readonly sizeBytes: number;
  readonly sectorBytes?: 512 | 4096;
  /** `volatile`: a write is lost by `powerCut` unless a flush or forced unit access made it durable. */
  readonly writeCache?: "none" | "volatile";
  readonly faults?: Faults;
}

/** What has been done to the media so far, lies and failures not counted. */
export interface Counters {
  readonly reads: number;
  readonly writes: number;
  readonly flushes: number;
  readonly trims: number;
  readonly zeroings: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * A disk in memory whose every fault can be chosen, and changed while it is in use.
 *
 * It is a plain object: a unit test calls it directly, `serveNbd` makes it a disk of a virtual machine, and
 * `FaultLoop` makes it a `/dev/loopN` of this machine. It outlives all three, so its media can be looked at
 * afterwards.
 */
export class FaultDisk {
  readonly media: Media;
  readonly sectorBytes: number;
  readonly #cache: VolatileCache;
  readonly #writesThrough: boolean;
  readonly #heldBack: (() => void)[] = [];
  #faults: Faults;
  #powerCuts = 0;
  #counters: Counters = {
    reads: 0,
    writes: 0,
    flushes: 0,
    trims: 0,
    zeroings: 0,
    bytesRead: 0,
    bytesWritten: 0,
  };
  #watchers: { atLeast: Partial<Counters>; reached: () => void }[] = [];

  constructor({ sizeBytes, sectorBytes = 512, writeCache = "none", faults = {} }: FaultDiskOptions) {
    this.media = new Media(sizeBytes);
    this.sectorBytes = sectorBytes;
    this.#cache = new VolatileCache(this.media);
    this.#writesThrough = writeCache === "none";
    this.#faults = faults;
  }

  get sizeBytes(): number {
    return this.media.sizeBytes;
  }

  get faults(): Faults {
    return this.#faults;
  }

  get counters(): Counters {
    return this.#counters;
  }

  get unflushedBytes(): number {
    return this.#cache.unflushedBytes;
  }

  /** How many operations a hanging disk holds. */
  get heldOperations(): number {
    return this.#heldBack.length;
  }

  /** From now on these faults, instead of those before. Releases what a hang held. */
  setFaults(faults: Faults): void {
    this.#faults = faults;
    if (faults.condition !== "hanging") this.#release();
  }

  /** Loses what was not flushed, fails what was held, and has power again at once. */
  powerCut(): void {
    this.#powerCuts++;
    this.#cache.lose();
    this.#release();
  }

  /** Waits until every counter named has come this far: `reached({ bytesWritten: 8 * 2 ** 20 })`. */
  reached(atLeast: Partial<Counters>): Promise<void> {
    return new Promise((reached) => {
      this.#watchers.push({ atLeast, reached });
      this.#count({});
    });
  }

  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    await this.#admit();
    this.#failAtBadSector("reads", offsetBytes, lengthBytes);
    this.#count({ reads: 1, bytesRead: lengthBytes });
    return this.#cache.read(offsetBytes, lengthBytes);
  }

  async write(offsetBytes: number, content: Buffer, durability: Durability = "cached"): Promise<void> {
    if (await this.#mayWrite(offsetBytes, content, durability)) {
      this.#put(offsetBytes, content, durability);
      this.#count({ writes: 1, bytesWritten: content.length });
    }
  }

  /** Discards: the lab's disks read zeroes afterwards, which real ones need not. */
  async trim(offsetBytes: number, lengthBytes: number): Promise<void> {
    const zeroes = Buffer.alloc(lengthBytes);
    if (await this.#mayWrite(offsetBytes, zeroes, "cached")) {
      this.#put(offsetBytes, zeroes, "cached");
      this.#count({ trims: 1 });
    }
  }

  async zero(offsetBytes: number, lengthBytes: number, durability: Durability = "cached"): Promise<void> {
    const zeroes = Buffer.alloc(lengthBytes);
    if (await this.#mayWrite(offsetBytes, zeroes, durability)) {
      this.#put(offsetBytes, zeroes, durability);
      this.#count({ zeroings: 1 });
    }
  }

  async flush(): Promise<void> {
    await this.#admit();
    this.#cache.flush();
    this.#count({ flushes: 1 });
  }

  /** Every operation passes here first: slow, hanging, dead and vanished disks differ from others only in this. */
  async #admit(): Promise<void> {
    const powerCuts = this.#powerCuts;
    if (this.#faults.delayMs) await delay(this.#faults.delayMs);
    while (this.#faults.condition === "hanging" && powerCuts === this.#powerCuts) {
      await new Promise<void>((released) => this.#heldBack.push(released));
    }
    if (this.#faults.condition === "vanished") throw new DiskVanished("The disk is gone");
    if (this.#faults.condition === "dead" || powerCuts !== this.#powerCuts) throw new DiskFault("EIO");
  }

  /** False for a lie. As on a real drive, what stands before a bad sector has been written when the write fails. */
  async #mayWrite(offsetBytes: number, content: Buffer, durability: Durability): Promise<boolean> {
    await this.#admit();
    const range = this.#sectors(offsetBytes, content.length);
    const bad = firstBadSector(this.#faults, "writes", range);
    if (bad) {
      const goodBytes = Math.max(0, bad.sector * this.sectorBytes - offsetBytes);
      this.#put(offsetBytes, content.subarray(0, goodBytes), durability);
      throw new DiskFault(bad.error);
    }
    return !liesAbout(this.#faults, range);
  }

  #failAtBadSector(operation: "reads" | "writes", offsetBytes: number, lengthBytes: number): void {
    const bad = firstBadSector(this.#faults, operation, this.#sectors(offsetBytes, lengthBytes));
    if (bad) throw new DiskFault(bad.error);
  }

  #sectors(offsetBytes: number, lengthBytes: number) {
    const first = Math.floor(offsetBytes / this.sectorBytes);
    return { first, count: Math.ceil((offsetBytes + lengthBytes) / this.sectorBytes) - first };
  }

  #put(offsetBytes: number, content: Buffer, durability: Durability): void {
    if (this.#writesThrough || durability === "durable") this.#cache.writeThrough(offsetBytes, content);
    else this.#cache.write(offsetBytes, content);
  }

  #release(): void {
    for (const released of this.#heldBack.splice(0)) released();
  }

  #count(done: Partial<Counters>): void {
    const counters: Record<string, number> = { ...this.#counters };
    for (const [name, more] of Object.entries(done)) counters[name]! += more;
    this.#counters = counters as unknown as Counters;
    if (this.#watchers.length === 0) return;
    const [there, notYet] = partition(this.#watchers, ({ atLeast }) => isAtLeast(this.#counters, atLeast));
    this.#watchers = notYet;
    for (const { reached } of there) reached();
  }
}

/** `durable` is forced unit access: on the media before it is acknowledged. */
export type Durability = "cached" | "durable";

function isAtLeast(counters: Counters, atLeast: Partial<Counters>): boolean {
  return Object.entries(atLeast).every(([name, least]) => counters[name as keyof Counters] >= least);
}

function partition<T>(all: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}
