/**
 * Loop devices for tests: only ones that were attached here, on files made here. Everything is undone by `removeAll`,
 * which also makes sure that nothing was left behind.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why tests with real block devices cannot run here; null when they can. */
export function whyNoLoops(): string | null {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root";
  return exitCodeOf("losetup", "--find") === 0 ? null : "needs loop devices";
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

/** Null when the program could not be started. */
export function exitCodeOf(program: string, ...args: string[]): number | null {
  return spawnSync(program, args, { cwd: tmpdir() }).status;
}

export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** A workshop: a folder, and what was attached and mounted in it, undone in the opposite order. */
export class LoopWorkshop {
  readonly folder = mkdtempSync(join(tmpdir(), "trofie-disks-"));
  readonly #undo: (() => void)[] = [];
  readonly #attached = new Map<string, string>();
  #files = 0;

  /** A new backing file with every byte 0xBE, so that a byte left over is seen. */
  makeFile(sizeBytes: number, folder = this.folder): string {
    const path = join(folder, `disk-${++this.#files}.img`);
    writeFileSync(path, Buffer.alloc(sizeBytes, 0xbe));
    return path;
  }

  makeSparseFile(sizeBytes: number, folder = this.folder): string {
    const path = join(folder, `disk-${++this.#files}.img`);
    writeFileSync(path, "");
    truncateSync(path, sizeBytes);
    return path;
  }

  /** Attaches a file (or a block device made here) and gives the loop device's path. */
  attach(file: string, ...options: string[]): string {
    const device = run("losetup", "--find", "--show", ...options, file);
    this.#attached.set(device, diskseqOf(device));
    this.#undo.push(() => this.detach(device));
    return device;
  }

  /** Detaches one of ours and attaches another file under the same name. */
  replace(device: string, file: string): void {
    this.detach(device);
    for (let tries = 0; exitCodeOf("losetup", device, file) !== 0; tries++) {
      if (tries === 50) throw new Error(`Cannot attach ${file} as ${device}: it is still in use`);
      run("sleep", "0.1"); // somebody who looks at it just now keeps the number busy
    }
    this.#attached.set(device, diskseqOf(device));
  }

  /**
   * Lets a device write no more than that in a second, so that work on it lasts; 0: as fast as it can. Does nothing where
   * the kernel has no such limit (Documentation/admin-guide/cgroup-v1/blkio-controller.rst).
   */
  limitWriting(device: string, bytesPerSecond: number): void {
    const limits = "/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device";
    if (!existsSync(limits)) return;
    const number = readOr(`/sys/block/${device.slice("/dev/".length)}/dev`, "");
    if (number !== "") writeFileSync(limits, `${number} ${bytesPerSecond}`);
  }

  /** Only while it is still our attachment: somebody else may have the number by now. */
  detach(device: string): void {
    if (this.#attached.get(device) === diskseqOf(device)) run("losetup", "--detach", device);
    this.#attached.delete(device);
  }

  mount(source: string, point: string, ...options: string[]): void {
    run("mount", ...options, source, point);
    this.#undo.push(() => unmount(point));
  }

  /** Runs at `removeAll`, before what was set up earlier is undone. */
  later(undo: () => void): void {
    this.#undo.push(undo);
  }

  removeAll(): void {
    for (const undo of this.#undo.toReversed()) undo();
    const left = leftIn(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`Still attached: ${left.join(", ")}`);
  }
}

/** A loop device on a file in there goes only when the last who looks at it has closed it: a listing of somebody's. */
function unmount(point: string): void {
  for (let tries = 0; tries < 50 && exitCodeOf("umount", point) !== 0; tries++) run("sleep", "0.1");
  if (exitCodeOf("mountpoint", "-q", point) === 0) run("umount", point);
}

/** A loop device that somebody looks at just now, a listing or blkid, goes when they close it. */
function leftIn(folder: string): string[] {
  for (let tries = 0; ; tries++) {
    const left = attachedFiles().filter((path) => path.startsWith(folder));
    if (left.length === 0 || tries === 50) return left;
    run("sleep", "0.1");
  }
}

function attachedFiles(): string[] {
  const names = readdirSync("/sys/block").filter((name) => name.startsWith("loop"));
  return names.map((name) => readOr(`/sys/block/${name}/loop/backing_file`, ""));
}

/** The kernel's counter of attachments: no two are alike until the next boot. */
function diskseqOf(device: string): string {
  return readOr(`/sys/block/${device.slice("/dev/".length)}/diskseq`, "gone");
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return otherwise;
  }
}
