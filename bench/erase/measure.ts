/**
 * Runs one program on one device and measures what the device did: all peers by the same rule, whatever they print.
 *
 * The time is the one in which the device was busy, from its first byte to its last, so that nobody's start counts
 * (nwipe takes 2 s for it); a flush at the end counts, for until then nothing is on the medium.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { bytesOf, type TestDevice } from "./test-devices.ts";

export interface Sample {
  /** Of the whole device: its size over the time in which it was busy, over all sweeps. */
  readonly bytesPerSecond: number;
  readonly busySeconds: number;
  /** Of the program, from its start to its end. */
  readonly cpuSeconds: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly stdout: string;
}

const lookEveryMs = 2;

export async function measure(
  device: TestDevice,
  program: string,
  args: readonly string[],
  exitCodes: readonly number[] = [0],
): Promise<Sample> {
  const before = bytesOf(device);
  const cpuBefore = cpuOfEndedChildren();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const activity = watchActivity(device);
  const [exitCode] = (await once(child, "close")) as [number | null];
  const busySeconds = activity.end();
  if (exitCode === null || !exitCodes.includes(exitCode))
    throw new Error(`${program} ${args.join(" ")} ended with ${exitCode}: ${stderr.slice(-400)}`);
  const after = bytesOf(device);
  return {
    bytesPerSecond: device.sizeBytes / busySeconds,
    busySeconds,
    cpuSeconds: cpuOfEndedChildren() - cpuBefore,
    bytesRead: after.read - before.read,
    bytesWritten: after.written - before.written,
    stdout,
  };
}

/** Looks at the device's counters again and again; `end` says how long they moved, in seconds. */
function watchActivity(device: TestDevice): { end: () => number } {
  let last = bytesOf(device);
  let quietMs = performance.now();
  let firstMs: number | null = null;
  let lastMs = quietMs;
  const look = (): void => {
    const now = performance.now();
    const found = bytesOf(device);
    if (found.read !== last.read || found.written !== last.written) {
      firstMs ??= quietMs;
      lastMs = now;
    }
    last = found;
    quietMs = now;
  };
  const timer = setInterval(look, lookEveryMs);
  return {
    end() {
      clearInterval(timer);
      look();
      return (lastMs - (firstMs ?? lastMs)) / 1000;
    },
  };
}

/** Fields 16 and 17 of /proc/PID/stat (proc_pid_stat(5)): what children that have ended took, in ticks of 10 ms. */
export function cpuOfEndedChildren(): number {
  const text = readFileSync("/proc/self/stat", "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
