import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoopDevice } from "./loop-device.ts";
import {
  diskCalls,
  type DiskCall,
  type FaultLoopOptions,
  type FromLoopProcess,
  type RemoteDisk,
  type ToLoopProcess,
} from "./loop-messages.ts";

/** The process that serves a loop's disk (`loop-process.ts`), from this side, and what was asked of it. */
export class LoopChild {
  readonly disk: RemoteDisk;
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, (result: unknown) => void>();
  readonly #broken = Promise.withResolvers<never>();
  readonly #attached = Promise.withResolvers<{ loop: LoopDevice; fusePid: number }>();
  readonly #ended = Promise.withResolvers<void>();
  #lastId = 0;

  constructor() {
    // Detached, so that Ctrl-C in a terminal reaches the parent alone, and the disk outlives it long enough to be
    // taken down.
    this.#process = fork(join(import.meta.dirname, "loop-process.ts"), {
      detached: true,
      serialization: "advanced",
      execArgv: [],
    });
    this.#broken.promise.catch(() => {});
    this.#process.on("message", (message: FromLoopProcess) => this.#receive(message));
    this.#process.on("exit", () =>
      this.#broken.reject(new Error("The process that serves the disk has ended")),
    );
    const calls = Object.keys(diskCalls) as DiskCall[];
    const remote = calls.map((call) => [call, (...args: unknown[]) => this.#call(call, args)] as const);
    this.disk = Object.fromEntries(remote) as unknown as RemoteDisk;
  }

  begin(folder: string, options: FaultLoopOptions): Promise<{ loop: LoopDevice; fusePid: number }> {
    this.#send({ kind: "begin", folder, options });
    return Promise.race([this.#attached.promise, this.#broken.promise]);
  }

  async end(): Promise<void> {
    const exited = this.#process.exitCode === null ? once(this.#process, "exit") : null;
    try {
      if (!exited) return;
      this.#send({ kind: "end" });
      await Promise.race([this.#ended.promise, this.#broken.promise]);
    } finally {
      if (this.#process.connected) this.#process.disconnect();
      await exited;
    }
  }

  #call(call: DiskCall, args: unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    const returned = new Promise<unknown>((resolve) => this.#calls.set(id, resolve));
    this.#send({ kind: "call", id, call, args });
    return Promise.race([returned, this.#broken.promise]);
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
        return this.#broken.reject(new Error(message.message));
    }
  }
}
