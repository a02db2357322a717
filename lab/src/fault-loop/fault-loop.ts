import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { makeWorkFolder } from "../work-folder.ts";
import { LoopChild } from "./loop-child.ts";
import { isStillAttached, type LoopDevice } from "./loop-device.ts";
import type { FaultLoopOptions, RemoteDisk } from "./loop-messages.ts";

/**
 * A real `/dev/loopN` of this machine on a disk with faults:
 * `FaultDisk` in a process of its own ← NBD ← nbdfuse ← a loop device past the page cache.
 *
 *     await using loop = await FaultLoop.attach({ sizeBytes: 64 * 2 ** 20 });
 *     await loop.disk.setFaults({ badSectors: [{ first: 1000, fails: "reads" }] });
 *     // … erase loop.path …
 */
export class FaultLoop implements AsyncDisposable {
  readonly path: string;
  readonly diskseq: string;
  /** The disk behind it; every call goes to the process that serves it. */
  readonly disk: RemoteDisk;
  readonly #loop: LoopDevice;
  readonly #fusePid: number;
  readonly #folder: string;
  readonly #child: LoopChild;

  private constructor(folder: string, child: LoopChild, loop: LoopDevice, fusePid: number) {
    this.#folder = folder;
    this.#child = child;
    this.#loop = loop;
    this.#fusePid = fusePid;
    this.path = loop.path;
    this.diskseq = loop.diskseq;
    this.disk = child.disk;
  }

  static async attach(options: FaultLoopOptions): Promise<FaultLoop> {
    const folder = await makeWorkFolder();
    const child = new LoopChild();
    try {
      const { loop, fusePid } = await child.begin(folder, options);
      return new FaultLoop(folder, child, loop, fusePid);
    } catch (error) {
      await child.end().catch(() => {});
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Fails what still waits for the disk, then undoes everything, and fails if anything is left. */
  async detach(): Promise<void> {
    try {
      await this.#child.end();
    } finally {
      await rm(this.#folder, { recursive: true, force: true });
    }
    const left = await this.#leftBehind();
    if (left.length > 0) throw new Error(`Still there: ${left.join(", ")}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.detach();
  }

  async #leftBehind(): Promise<string[]> {
    const left: string[] = [];
    if (await isStillAttached(this.#loop)) left.push(this.path);
    if (existsSync(`/proc/${this.#fusePid}`)) left.push(`nbdfuse (process ${this.#fusePid})`);
    if (existsSync(this.#folder)) left.push(this.#folder);
    return left;
  }
}
