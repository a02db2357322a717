import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What the lab drives, and the Debian package it comes in. */
export const labPrograms: Readonly<Record<string, string>> = {
  "/usr/bin/nbdfuse": "libnbd-bin",
  "/usr/bin/qemu-system-x86_64": "qemu-system-x86",
  "/bin/busybox": "busybox-static",
  "/sbin/depmod": "kmod",
  "/usr/bin/cpio": "cpio",
  "/usr/bin/xz": "xz-utils",
  "/usr/bin/setpriv": "util-linux",
  "/usr/bin/lsblk": "util-linux",
  "/sbin/losetup": "mount",
  "/usr/sbin/nvme": "nvme-cli",
  "/sbin/hdparm": "hdparm",
  "/usr/bin/sg_sanitize": "sg3-utils",
  "/usr/sbin/smartctl": "smartmontools",
  "/sbin/dmsetup": "dmsetup",
  "/sbin/mkfs.ext4": "e2fsprogs",
  "/usr/bin/python3": "python3",
};

/** Installs what is missing; as anybody but root, says what that would be. */
export function installPrograms(say: (sentence: string) => void): void {
  const missing = new Set(
    Object.entries(labPrograms).flatMap(([path, name]) => (existsSync(path) ? [] : [name])),
  );
  if (missing.size === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`The lab needs: apt-get install ${[...missing].join(" ")}`);
  say(`Installing what the lab drives: ${[...missing].join(" ")}`);
  apt("update", "-qq");
  apt("install", "-y", "-qq", "--no-install-recommends", ...missing);
}

/** Downloads packages into a folder without installing them. */
export function downloadPackages(folder: string, ...names: string[]): void {
  // A machine that is new has no lists, and a list that is old names files that are gone.
  if (run("apt-get", ["-qq", "download", ...names], folder) === 0) return;
  apt("update", "-qq");
  const exitCode = run("apt-get", ["-qq", "download", ...names], folder);
  if (exitCode !== 0) throw new Error(`Cannot download ${names.join(" ")}: apt-get ended with ${exitCode}`);
}

/** The package that a metapackage stands for today. */
export function dependencyOf(metapackage: string): string {
  const listed = () => spawnSync("apt-cache", ["depends", metapackage], { encoding: "utf8" }).stdout;
  const dependency = (text: string) => /Depends: (\S+)/.exec(text)?.[1];
  const known = dependency(listed());
  if (known) return known;
  apt("update", "-qq");
  const found = dependency(listed());
  if (!found) throw new Error(`Cannot find ${metapackage}: Debian's list does not name it`);
  return found;
}

function apt(...args: string[]): void {
  const exitCode = run("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args]);
  if (exitCode !== 0) throw new Error(`Cannot go on: apt-get ${args[0]} ended with ${exitCode}`);
}

function run(program: string, args: string[], folder = "/"): number | null {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(program, args, { env, cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).status;
}
