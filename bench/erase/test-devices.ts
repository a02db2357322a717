/** The devices that are measured: loop devices of our own, on the disk and in memory. All is undone at the end. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

export interface TestDevice {
  /** "disk 512", "memory 4096", "small". */
  readonly name: string;
  readonly medium: "disk" | "memory";
  readonly sectorBytes: 512 | 4096;
  readonly path: string;
  readonly sizeBytes: number;
}

/** What the kernel counted for a device since it was attached (Documentation/admin-guide/iostats.rst). */
export interface DeviceBytes {
  readonly read: number;
  readonly written: number;
}

export function bytesOf({ path }: TestDevice): DeviceBytes {
  const fields = readFileSync(`/sys/block/${basename(path)}/stat`, "utf8")
    .trim()
    .split(/\s+/)
    .map(Number);
  return { read: (fields[2] ?? 0) * 512, written: (fields[6] ?? 0) * 512 };
}

/** A folder on the disk, a file system in memory, and the loop devices over files in them. */
export class TestDevices {
  readonly #folder = mkdtempSync(join(tmpdir(), "trofie-bench-"));
  readonly #memory: string;
  readonly #undo: (() => void)[] = [];

  constructor() {
    this.#memory = join(this.#folder, "memory");
    run("mkdir", this.#memory);
    run("mount", "-t", "tmpfs", "-o", "size=12g,mode=700", "tmpfs", this.#memory);
    this.#undo.push(() => run("umount", this.#memory));
  }

  /** Every block of the file behind it is there from the start, so that no pass pays for making it. */
  attach(
    medium: TestDevice["medium"],
    sectorBytes: TestDevice["sectorBytes"],
    sizeBytes: number,
    name = `${medium} ${sectorBytes}`,
  ): TestDevice {
    const file = join(medium === "disk" ? this.#folder : this.#memory, `${this.#undo.length}.img`);
    run(
      "dd",
      "if=/dev/zero",
      `of=${file}`,
      "bs=1M",
      `count=${sizeBytes / 2 ** 20}`,
      "conv=fsync",
      "status=none",
    );
    const options = ["--direct-io=on", "--sector-size", String(sectorBytes)];
    const path = run("losetup", "--find", "--show", ...options, file);
    this.#undo.push(() => run("losetup", "--detach", path));
    return { name, medium, sectorBytes, path, sizeBytes };
  }

  /** Limits a device to so many bytes a second, each way. The kernel keeps a limit for whatever gets its number next. */
  throttle({ path }: TestDevice, bytesPerSecond: number): void {
    const number = readFileSync(`/sys/block/${basename(path)}/dev`, "utf8").trim();
    const set = (limit: number): void => {
      for (const file of throttleFiles) writeFileSync(file, `${number} ${limit}`);
    };
    set(bytesPerSecond);
    this.#undo.push(() => set(0));
  }

  removeAll(): void {
    for (const undo of this.#undo.toReversed()) undo();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Whether the kernel can slow a device down. */
export function canThrottle(): boolean {
  return throttleFiles.every((file) => existsSync(file));
}

const throttleFiles = ["read", "write"].map((way) => `/sys/fs/cgroup/blkio/blkio.throttle.${way}_bps_device`);

export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

export function isInstalled(program: string): boolean {
  try {
    run("which", program);
    return true;
  } catch (error) {
    if ((error as { status?: unknown }).status === 1) return false;
    throw error;
  }
}
