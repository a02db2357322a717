import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** In the name of everything that this process makes: on a shared machine, others' must not be taken for ours. */
const mark = `trofie-lab-${process.pid}-`;

export function makeWorkFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), mark));
}

/** What this process has made and not taken away: loop devices, mounts, processes, folders. Empty is as it should be. */
export function leftBehind(): string[] {
  return [
    ...loopDevices().map((loop) => `loop device on ${loop}`),
    ...mounts().map((mount) => `mount ${mount}`),
    ...processes().map((id) => `process ${id}`),
    ...readdirSync(tmpdir())
      .filter((name) => name.startsWith(mark))
      .map((name) => join(tmpdir(), name)),
  ];
}

function loopDevices(): string[] {
  const names = readdirSync("/sys/block").filter((name) => name.startsWith("loop"));
  return names.map((name) => readOrNothing(`/sys/block/${name}/loop/backing_file`)).filter(isOurs);
}

function mounts(): string[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.map((line) => line.split(" ")[4] ?? "").filter(isOurs);
}

function processes(): string[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return ids.filter((id) => isOurs(readOrNothing(`/proc/${id}/cmdline`)));
}

function isOurs(text: string): boolean {
  return text.includes(`/${mark}`);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
