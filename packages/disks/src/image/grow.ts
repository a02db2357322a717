/** Grows the last partition of a disk, and the Linux file system in it, to the disk's end. */
import type { ImageFindings } from "@trofie/contract";
import type { Executed, FileStat, Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { growables, notGrowable, type Command, type Growable } from "./growable.ts";
import {
  containerOf,
  isOnlyGrown,
  lastPartition,
  readPartitionTable,
  tableLimitMs,
} from "./partition-table.ts";
import type { Partition, PartitionTable } from "./partition-table.ts";

export interface Grow {
  readonly machine: Machine;
  readonly path: string;
  /** Of the opened device. It stays open and claimed meanwhile: nobody else can mount anything of it. */
  readonly file: FileStat;
  readonly sizeBytes: number;
  /** Throws when the opened device is no longer the planned one. */
  readonly checkIdentity: () => Promise<void>;
  /** Asked between two tools; the one that works comes to its end, for half a change would be damage. */
  readonly signal: AbortSignal;
}

export interface Growth {
  readonly found: Pick<ImageFindings, "grown" | "notGrown">;
  /** How it went, to follow "Every byte was written, …; ". */
  readonly words: string;
  /** True when what is on the device is not well any more. */
  readonly isDamaged: boolean;
}

/** A large file system can take long to be checked, and must not be cut off. */
const toolLimitMs = 12 * 3_600_000;
const quickLimitMs = 60_000;

/** Always says how it went. Nothing is changed before it is known that it can be done. */
export async function growLastPartition(order: Grow): Promise<Growth> {
  try {
    return await new Growing(order).toEnd();
  } catch (error) {
    if (!(error instanceof NotGrown || error instanceof Damaged)) throw error;
    const found = { grown: null, notGrown: error.message };
    const isDamaged = error instanceof Damaged;
    return { found, words: isDamaged ? error.message : `not grown: ${error.message}`, isDamaged };
  }
}

class NotGrown extends Error {}
class Damaged extends Error {}

interface Region {
  readonly path: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

class Growing {
  readonly #order: Grow;

  constructor(order: Grow) {
    this.#order = order;
  }

  async toEnd(): Promise<Growth> {
    const { path, sizeBytes } = this.#order;
    await this.#checkThere();
    const table = await this.#readTable();
    if (table === null) {
      const whole = { path, offsetBytes: 0, sizeBytes };
      return this.#growFileSystem(whole, await this.#growableIn(whole, "the device"));
    }
    const partition = lastPartition(table);
    if (partition === null) throw new NotGrown("there is no partition");
    const fileSystem = await this.#growableIn(regionOf(partition, table), "its last partition");
    return this.#growFileSystem(await this.#growPartition(table, partition), fileSystem);
  }

  async #readTable(): Promise<PartitionTable | null> {
    try {
      return await readPartitionTable(this.#order.machine, this.#order.path);
    } catch (error) {
      throw new NotGrown(error instanceof Error ? error.message : "its partition table cannot be read");
    }
  }

  /** What is in the region, once it is found whole. */
  async #growableIn(region: Region, what: string): Promise<string> {
    return this.#withLoop(region, async (loop) => {
      const type = await this.#typeOf(loop);
      const growable = growables[type ?? ""];
      if (growable === undefined) throw new NotGrown(whyNot(type, what));
      await this.#needTools(growable, loop);
      const check = growable.check(loop);
      const went = check === null ? null : await this.#run(check);
      if (went !== null) throw new NotGrown(`the ${type} in ${what} is not whole (${went})`);
      return type ?? "";
    });
  }

  async #typeOf(loop: string): Promise<string | null> {
    const said = await this.#execute("blkid", ["--probe", "--output", "export", loop], quickLimitMs);
    return printable(/^TYPE=(.*)$/m.exec(said?.stdout ?? "")?.[1] ?? null);
  }

  async #needTools(growable: Growable, loop: string): Promise<void> {
    for (const { program } of [growable.grow(loop), growable.prove(loop)]) {
      const isThere = (await this.#execute(program, ["-V"], quickLimitMs)) !== null;
      if (!isThere) throw new NotGrown(`${program} is not installed (package ${growable.package})`);
    }
  }

  /** A logical partition grows after the extended one that it is in. */
  async #growPartition(before: PartitionTable, partition: Partition): Promise<Region> {
    const container = containerOf(before, partition);
    const toGrow = container === null ? [partition] : [container, partition];
    const numbers = toGrow.map(({ number }) => number);
    let after = before;
    for (const part of toGrow) {
      const said = await this.#growEntry(before, part);
      const found = await this.#readTable();
      if (found === null || !isOnlyGrown(before, found, numbers)) {
        throw new Damaged("growing its last partition has changed more of the partition table than that");
      }
      after = found;
      if (said?.exitCode !== 0) throw new NotGrown(`sfdisk cannot grow ${part.path} (${complaintOf(said)})`);
    }
    const grown = after.partitions.find(({ number }) => number === partition.number);
    return regionOf(grown ?? partition, after);
  }

  /** Also brings the backup of a GPT, which lies where the image ended, to the disk's end. */
  async #growEntry(table: PartitionTable, { number, start }: Partition): Promise<Executed | null> {
    const { machine, path, sizeBytes } = this.#order;
    await this.#checkThere();
    const sizeOrAll = table.label === "dos" ? dosSize(start, sizeBytes / table.sectorBytes) : "+";
    const args = ["--no-reread", "--no-tell-kernel", "--wipe", "never", "-N", String(number), path];
    return machine.execute("sfdisk", args, { limitMs: tableLimitMs, input: `, ${sizeOrAll}\n` });
  }

  async #growFileSystem(region: Region, type: string): Promise<Growth> {
    const growable = growables[type]!;
    return this.#withLoop(region, async (loop) => {
      const went = await this.#run(growable.grow(loop));
      const proof = await this.#run(growable.prove(loop));
      if (proof !== null)
        throw new Damaged(`growing it has damaged the ${type} in ${region.path} (${proof})`);
      if (went !== null) throw new NotGrown(`the ${type} in ${region.path} cannot be grown (${went})`);
      const { path, sizeBytes } = region;
      return {
        found: { grown: { path, fileSystem: type, sizeBytes } },
        words: `${path} and its ${type} reach to the end`,
        isDamaged: false,
      };
    });
  }

  /**
   * A loop device over the region: kernels without partition parsers have no partition devices, the others may not have
   * looked yet, and our claim on the disk would keep them closed.
   */
  async #withLoop<T>(region: Region, use: (loop: string) => Promise<T>): Promise<T> {
    await this.#checkThere();
    const range = ["--offset", String(region.offsetBytes), "--sizelimit", String(region.sizeBytes)];
    const args = ["--find", "--show", ...range, this.#order.path];
    const said = await this.#execute("losetup", args, quickLimitMs);
    const loop = said?.stdout.trim() ?? "";
    if (said?.exitCode !== 0 || !loop.startsWith("/dev/loop")) {
      throw new NotGrown(`there is no loop device for it (${complaintOf(said)})`);
    }
    try {
      return await use(loop);
    } finally {
      await this.#execute("losetup", ["--detach", loop], quickLimitMs);
    }
  }

  /** The tools are given a path, which by now could be another device's. */
  async #checkThere(): Promise<void> {
    const { machine, path, file, checkIdentity, signal } = this.#order;
    if (signal.aborted) throw new NotGrown("the job was told to stop");
    await checkIdentity();
    const now = await machine.stat(path);
    const isSame =
      now?.number === file.number && now?.inode === file.inode && now?.onDevice === file.onDevice;
    if (!isSame) throw new NotGrown(`${path} is another device now`);
  }

  /** Null when it went well, else why not. */
  async #run({ program, args, wellCodes }: Command): Promise<string | null> {
    const said = await this.#execute(program, args, toolLimitMs);
    if (said === null) return `${program} is not installed`;
    if (said.exitCode !== null && wellCodes.includes(said.exitCode)) return null;
    return `${program}: ${complaintOf(said)}`;
  }

  #execute(program: string, args: readonly string[], limitMs: number): Promise<Executed | null> {
    return this.#order.machine.execute(program, args, { limitMs });
  }
}

function regionOf({ path, start, size }: Partition, { sectorBytes }: PartitionTable): Region {
  return { path, offsetBytes: start * sectorBytes, sizeBytes: size * sectorBytes };
}

/** A DOS table counts in 32 bits: it ends at 2 TiB (of sectors of 512 bytes), whatever the disk has behind that. */
function dosSize(start: number, sectors: number): string {
  return String(Math.min(sectors, 2 ** 32 - 1) - start);
}

function whyNot(type: string | null, what: string): string {
  if (type === null) return `nothing that is known is in ${what}`;
  const why = notGrowable[type] ?? `it holds ${type}`;
  return `${what} is no Linux file system that can be grown, ${why}`;
}

function complaintOf(said: Executed | null): string {
  if (said === null) return "it is not installed";
  const lines = `${said.stdout}\n${said.stderr}`.trim().split("\n");
  const line = lines.find((text) => /\b(error|cannot|corrupt)/i.test(text)) ?? lines.at(-1);
  return printable(line?.slice(0, 200) ?? null) ?? `it ended with code ${said.exitCode}`;
}
