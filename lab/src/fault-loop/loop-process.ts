/**
 * Serves one disk and attaches it. A process of its own, because a synchronous read of the loop device blocks the
 * reader's event loop, and the disk must go on answering. Takes everything down when asked, or when its parent dies.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FaultDisk } from "../fault-disk/fault-disk.ts";
import { serveNbd } from "../nbd/nbd-server.ts";
import { FuseFile } from "./fuse-file.ts";
import { attachLoop, detachLoop } from "./loop-device.ts";
import {
  diskCalls,
  type FaultLoopOptions,
  type FromLoopProcess,
  type ToLoopProcess,
} from "./loop-messages.ts";

const undo: (() => Promise<void>)[] = [];
let disk: FaultDisk | null = null;
let folderOfLoop: string | null = null;

process.on("message", (message: ToLoopProcess) => {
  void handle(message).catch((error: Error) => say({ kind: "failed", message: error.message }));
});
process.on("disconnect", () => void endAlone());

async function handle(message: ToLoopProcess): Promise<void> {
  switch (message.kind) {
    case "begin":
      return begin(message.folder, message.options);
    case "call": {
      const call = diskCalls[message.call] as (of: FaultDisk | null, ...args: readonly unknown[]) => unknown;
      const result = await call(disk, ...message.args);
      return say({ kind: "returned", id: message.id, result });
    }
    case "end":
      await end();
      return say({ kind: "ended" });
  }
}

async function begin(folder: string, options: FaultLoopOptions): Promise<void> {
  folderOfLoop = folder;
  const served = (disk = new FaultDisk(options));
  const server = await serveNbd(served, join(folder, "nbd"));
  undo.push(async () => server[Symbol.asyncDispose]());
  const file = await FuseFile.mount(join(folder, "fuse"), server.socketPath);
  undo.push(() => file.unmount());
  const loop = await attachLoop(file.path, { ...options, sectorBytes: served.sectorBytes });
  undo.push(() => detachLoop(loop));
  // First of all, when it ends: what is still waiting for the disk must fail, or nothing can be detached.
  undo.push(async () => served.setFaults({ condition: "dead" }));
  say({ kind: "attached", loop, fusePid: file.pid });
}

/** Goes on after a failure: one thing that will not go must not keep the others here. */
async function end(): Promise<void> {
  const failures: Error[] = [];
  for (const step of undo.splice(0).toReversed()) {
    await step().catch((error: Error) => void failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map((one) => one.message).join("; "));
}

/** The parent is gone, and cannot tidy up after us any more. */
async function endAlone(): Promise<void> {
  await end().catch(() => {});
  if (folderOfLoop) await rm(folderOfLoop, { recursive: true, force: true });
  process.exit();
}

function say(message: FromLoopProcess): void {
  // Without a parent there is nobody to tell.
  process.send?.(message, () => {});
}
