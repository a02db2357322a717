import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isStillAttached, type LoopDevice } from "./loop-device.ts";
import {
  diskCalls,
  type DiskCall,
  type FaultLoopOptions,
  type FromLoopProcess,
  type RemoteDisk,
  type ToLoopProcess,
} from "./loop-messages.ts";

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
    const folder = await mkdtemp(join(tmpdir(), "trofie-fault-loop-"));
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
    await this.#child.end();
    await rm(this.#folder, { recursive: true, force: true });
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

/** The other process, and what was asked of it. */
class LoopChild {
  readonly disk: RemoteDisk;
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, (result: unknown) => void>();
  readonly #news = Promise.withResolvers<never>();
  #attached = Promise.withResolvers<{ loop: LoopDevice; fusePid: number }>();
  #ended = Promise.withResolvers<void>();
  #lastId = 0;

  constructor() {
    // Detached, so that Ctrl-C in a terminal reaches the parent alone, and the disk outlives it long enough to be
    // taken down.
    this.#process = fork(join(import.meta.dirname, "loop-process.ts"), {
      detached: true,
      serialization: "advanced",
      execArgv: [],
    });
    this.#news.promise.catch(() => {});
    this.#process.on("message", (message: FromLoopProcess) => this.#receive(message));
    this.#process.on("exit", () =>
      this.#news.reject(new Error("The process that serves the disk has ended")),
    );
    this.disk = Object.fromEntries(
      Object.keys(diskCalls).map((call) => [
        call,
        (...args: unknown[]) => this.#call(call as DiskCall, args),
      ]),
    ) as unknown as RemoteDisk;
  }

  begin(folder: string, options: FaultLoopOptions): Promise<{ loop: LoopDevice; fusePid: number }> {
    this.#send({ kind: "begin", folder, options });
    return Promise.race([this.#attached.promise, this.#news.promise]);
  }

  async end(): Promise<void> {
    const exited = this.#process.exitCode === null ? once(this.#process, "exit") : null;
    try {
      if (!exited) return;
      this.#send({ kind: "end" });
      await Promise.race([this.#ended.promise, this.#news.promise]);
    } finally {
      if (this.#process.connected) this.#process.disconnect();
      await exited;
    }
  }

  #call(call: DiskCall, args: unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    const returned = new Promise<unknown>((resolve) => this.#calls.set(id, resolve));
    this.#send({ kind: "call", id, call, args });
    return Promise.race([returned, this.#news.promise]);
  }

  #send(message: ToLoopProcess): void {
    this.#process.send(message, () => {});
  }

  #receive(message: FromLoopProcess): void {
    switch (message.kind) {
      case "attached":
        return this.#attached.resolve(message);
      case "returned":
        this.#calls.get(message.id)?.(message.result);
        return void this.#calls.delete(message.id);
      case "ended":
        return this.#ended.resolve();
      case "failed":
        return this.#news.reject(new Error(message.message));
    }
  }
}
