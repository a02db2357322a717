/** A disk of a simulated machine: how it is attached, and who has it open. Its bytes and most of its faults are `MemoryDisk`'s. */
import type { Content } from "@trofie/contract";
import type { OpenedDisk } from "../../packages/disks/src/disk/disk.ts";
import type { FileStat } from "../../packages/disks/src/machine/machine.ts";
import { MemoryDisk, systemError, type Farewell } from "../../packages/disks/src/testing/memory-disk.ts";
import type { Chance } from "./chance.ts";
import { Killed, type Life } from "./life.ts";
import type { SimClock } from "./sim-clock.ts";

export const sectorBytes = 512;
/** A block of the erase code, made small by `load-small-blocks.ts`. */
export const blockBytes = 4096;

/** What god wants to know of a disk. */
export interface DiskWitness {
  lied(disk: SimDisk): void;
  opening(disk: SimDisk, life: Life): void;
  writing(disk: SimDisk, life: Life): void;
  operation(disk: SimDisk, life: Life, what: string, offset: number): void;
}

export class SimDisk {
  readonly serial: string;
  readonly disk: MemoryDisk;
  /** "sdb"; null while it is not attached. */
  name: string | null = null;
  diskseq = 0;
  isReadOnly = false;
  holds: Content[] = [];
  /** Operations take so much longer. */
  slowness = 1;
  isHanging = false;
  /** It has never lied, nor was it written to elsewhere: what is read of it is what was written last, bad sectors or not. */
  isHonest = true;
  /** Sectors that were bad from the beginning and are for ever. */
  readonly badSectors = new Set<number>();
  /** One write in so many is acknowledged and not done; 0: none. */
  liesOneIn = 0;
  readonly handles = new Set<DiskHandle>();
  readonly clock: SimClock;
  readonly chance: Chance;
  readonly witness: DiskWitness;

  constructor(serial: string, blocks: number, clock: SimClock, chance: Chance, witness: DiskWitness) {
    this.serial = serial;
    this.clock = clock;
    this.chance = chance;
    this.witness = witness;
    this.disk = new MemoryDisk({
      sizeBytes: blocks * blockBytes - (chance.oneIn(4) ? 1024 : 0),
      byte: 0xbe,
      sectorBytes,
      seed: chance.word(),
      faults: { lies: () => this.liesOneIn > 0 && chance.oneIn(this.liesOneIn) && this.#lied() },
      latency: {
        clock: { wait: (ms) => new Promise((resolve) => clock.callLater(ms, resolve)) },
        ms: () => chance.between(10, 120) * this.slowness,
      },
    });
  }

  get sizeBytes(): number {
    return this.disk.sizeBytes;
  }

  get isAttached(): boolean {
    return this.name !== null;
  }

  /** Opens it exclusively; "EBUSY" while another process has it so. */
  open(life: Life, file: FileStat, isExclusive: boolean): DiskHandle {
    if (isExclusive) this.witness.opening(this, life);
    if (isExclusive && [...this.handles].some((handle) => handle.isExclusive)) throw systemError("EBUSY");
    const handle = new DiskHandle(this, life, file, isExclusive);
    this.handles.add(handle);
    return handle;
  }

  /** It is taken out, or its cable is. */
  pull(farewell: Farewell): void {
    this.name = null;
    this.isHanging = false;
    this.disk.pull(farewell);
  }

  attach(name: string, diskseq: number): void {
    this.name = name;
    this.diskseq = diskseq;
    if (this.disk.isGone) this.disk.plugIn();
  }

  hang(): void {
    this.isHanging = true;
    this.disk.hang();
  }

  answer(): void {
    this.isHanging = false;
    this.disk.answer();
  }

  /** The machine has lost its power: its cache is empty, and nobody has it open. */
  powerCut(): void {
    this.disk.cutPower();
    this.answer();
    for (const handle of this.handles) handle.isGone = true;
    this.handles.clear();
  }

  /** Somebody writes to it elsewhere. */
  scribble(): void {
    this.isHonest = false;
    const sector = this.chance.between(0, this.sizeBytes / sectorBytes - 1);
    const bytes = new Uint8Array(sectorBytes).fill(0x77);
    this.disk.bytes.set(bytes, sector * sectorBytes);
    this.disk.medium.set(bytes, sector * sectorBytes);
  }

  spoilSector(sector: number, on: "read" | "write" | "both"): void {
    this.badSectors.add(sector);
    this.disk.spoil({ offset: sector * sectorBytes, lengthBytes: sectorBytes, on });
  }

  #lied(): true {
    this.isHonest = false;
    this.witness.lied(this);
    return true;
  }
}

/** What one process has of a disk that it has open: good for one attachment. */
export class DiskHandle implements OpenedDisk {
  readonly file: FileStat;
  readonly direct = true;
  readonly sizeBytes: number;
  readonly isExclusive: boolean;
  /** Its machine has no power any more. */
  isGone = false;
  readonly life: Life;
  readonly #disk: SimDisk;
  readonly #diskseq: number;
  #inFlight = 0;
  #isClosed = false;

  constructor(disk: SimDisk, life: Life, file: FileStat, isExclusive: boolean) {
    this.#disk = disk;
    this.life = life;
    this.file = file;
    this.isExclusive = isExclusive;
    this.sizeBytes = disk.sizeBytes;
    this.#diskseq = disk.diskseq;
    life.onDeath(() => this.#release());
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    return this.#operate("read", offset, () => this.#disk.disk.read(into, offset));
  }

  /** The kernel has its own copy from the moment that the write is under way. */
  write(parts: readonly Uint8Array[], offset: number): Promise<number> {
    return this.#operate("write", offset, () => {
      this.#disk.witness.writing(this.#disk, this.life);
      return this.#disk.disk.write([Buffer.concat(parts)], offset);
    });
  }

  async flush(): Promise<void> {
    await this.#operate("flush", 0, async () => {
      await this.#disk.disk.flush();
      return 0;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#release();
  }

  /** What is not yet at the disk when its process dies never comes there; what is may still be done. */
  async #operate(what: string, offset: number, operation: () => Promise<number>): Promise<number> {
    this.#pass(`disk ${what}`);
    await this.#wait();
    this.#pass(`disk ${what} begins`);
    this.#checkAttachment();
    this.#inFlight += 1;
    try {
      const result = await operation();
      this.#pass(`disk ${what} done`);
      this.#disk.witness.operation(this.#disk, this.life, what, offset);
      this.#checkAttachment();
      return result;
    } finally {
      this.#inFlight -= 1;
      this.#release();
    }
  }

  #pass(what: string): void {
    if (!this.life.edge(what) || this.isGone) throw new Killed("the process is dead");
  }

  #checkAttachment(): void {
    if (!this.#disk.isAttached || this.#disk.diskseq !== this.#diskseq) throw systemError("ENODEV");
  }

  #wait(): Promise<void> {
    const { clock, chance, slowness } = this.#disk;
    return new Promise((resolve) => clock.callLater(chance.between(0, 10) * slowness, resolve));
  }

  /** A dead process holds its device until its last operation has come back. */
  #release(): void {
    if (this.#inFlight === 0 && (this.#isClosed || !this.life.isAlive)) this.#disk.handles.delete(this);
  }

  /** Whether an operation of a dead process has not come back. */
  get isStuck(): boolean {
    return this.#inFlight > 0 && !this.isGone;
  }
}
