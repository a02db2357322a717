/**
 * Runs one program on one device and measures what the device did: all peers by the same rule, whatever they print.
 *
 * The clock runs from when a hundredth of the device was moved until its last byte, so that nobody's start and first look
 * at the disk count (nwipe takes 2 s for it); a flush at the end counts, for until then nothing is on the medium.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { bytesOf, type TestDevice } from "./test-devices.ts";

export interface Sample {
  /** Of the whole device: its size over the time of all sweeps together. */
  readonly bytesPerSecond: number;
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
  const seconds = activity.end();
  if (exitCode === null || !exitCodes.includes(exitCode))
    throw new Error(`${program} ${args.join(" ")} ended with ${exitCode}: ${stderr.slice(-400)}`);
  const after = bytesOf(device);
  return {
    bytesPerSecond: device.sizeBytes / seconds,
    cpuSeconds: cpuOfEndedChildren() - cpuBefore,
    bytesRead: after.read - before.read,
    bytesWritten: after.written - before.written,
    stdout,
  };
}

/** Looks at the device's counters again and again; `end` says how long all that was moved would have taken, in seconds. */
function watchActivity(device: TestDevice): { end: () => number } {
  const before = movedOf(device);
  let first: { readonly moved: number; readonly ms: number } | null = null;
  let last = { moved: before, ms: performance.now() };
  const look = (): void => {
    const now = { moved: movedOf(device), ms: performance.now() };
    if (now.moved === last.moved) return;
    last = now;
    if (now.moved - before >= device.sizeBytes / 100) first ??= now;
  };
  const timer = setInterval(look, lookEveryMs);
  return {
    end() {
      clearInterval(timer);
      look();
      if (first === null) return Number.NaN;
      const share = (last.moved - first.moved) / (last.moved - before);
      return (last.ms - first.ms) / 1000 / share;
    },
  };
}

function movedOf(device: TestDevice): number {
  const { read, written } = bytesOf(device);
  return read + written;
}

/** Fields 16 and 17 of /proc/PID/stat (proc_pid_stat(5)): what children that have ended took, in ticks of 10 ms. */
export function cpuOfEndedChildren(): number {
  const fields = statFields("self");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Fields 14 and 15: what one process took up to now. */
export function cpuOf(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** From the third on: the second is a name in brackets, which may have spaces in it. */
function statFields(pid: number | "self"): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** Pss of smaps_rollup (Documentation/filesystems/proc.rst), in bytes; 0 of a process that has just ended. */
export function pssOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === "ESRCH" ||
      (error as NodeJS.ErrnoException).code === "ENOENT"
    )
      return 0;
    throw error;
  }
}
