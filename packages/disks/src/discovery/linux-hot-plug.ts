/** Devices that come and go, without udev. */
import { readFileSync, watch, type FSWatcher } from "node:fs";

/** Reading /proc/partitions takes 15 µs and asks no disk. */
const lookEveryMs = 300;
/** A stick and its partitions come one by one; they are told at once. */
const settleMs = 100;

/**
 * Calls `onChange` soon after the kernel's list of block devices has changed or a node under /dev has come or gone, until
 * `signal` aborts. The list shows what the nodes do not, a loop device that is attached or a card that is put into a
 * reader; the nodes show it at once. Where one of the two cannot be watched, the other still is.
 */
export function linuxHotPlug(onChange: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  let partitions = readPartitions();
  let settling: NodeJS.Timeout | null = null;

  const changed = (): void => {
    settling ??= setTimeout(() => {
      settling = null;
      onChange();
    }, settleMs).unref();
  };
  const look = (): void => {
    const now = readPartitions();
    if (now !== partitions) changed();
    partitions = now;
  };
  const looking = setInterval(look, lookEveryMs).unref();
  const watcher = watchNodes(changed);

  signal.addEventListener(
    "abort",
    () => {
      clearInterval(looking);
      if (settling !== null) clearTimeout(settling);
      watcher?.close();
    },
    { once: true },
  );
}

function readPartitions(): string {
  try {
    return readFileSync("/proc/partitions", "utf8");
  } catch {
    return "";
  }
}

/** Only "rename" tells of a node that has come or gone; "change" comes with every write to one. */
function watchNodes(changed: () => void): FSWatcher | null {
  try {
    const watcher = watch("/dev", { persistent: false }, (event) => {
      if (event === "rename") changed();
    });
    return watcher.on("error", () => watcher.close());
  } catch {
    return null;
  }
}
