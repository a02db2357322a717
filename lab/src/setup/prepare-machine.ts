import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, machineParts } from "./cache-folder.ts";
import { dependencyOf, downloadPackages, installPrograms } from "./debian-packages.ts";
import { labModules, moduleFiles } from "./kernel-modules.ts";

const guestScripts = join(import.meta.dirname, "../machine/guest");
/** The initramfs before it is packed: kept, so that a changed script costs no second download. */
const initramfsFolder = join(cacheFolder, "initramfs");
const stampPath = join(cacheFolder, "stamp");
const packedStampPath = `${machineParts.initramfs}.stamp`;

type Say = (sentence: string) => void;

/**
 * Makes everything a machine is started from: Debian's kernel (downloaded and unpacked, never installed), an
 * initramfs, and the tools for the guest. About 20 seconds on a bare machine, next to nothing when it is there.
 */
export function prepareMachine(say: Say): void {
  installPrograms(say);
  const kernelStamp = digest(JSON.stringify(labModules));
  if (!existsSync(stampPath) || readFileSync(stampPath, "utf8") !== kernelStamp) {
    // Only what is ours: somebody may have named a folder that holds more.
    for (const path of [...Object.values(machineParts), initramfsFolder, packedStampPath]) {
      rmSync(path, { recursive: true, force: true });
    }
    mkdirSync(cacheFolder, { recursive: true });
    withWorkFolder((folder) => unpackKernel(folder, say));
    withWorkFolder((folder) => unpackTools(folder, say));
    writeFileSync(stampPath, kernelStamp);
  }
  packInitramfs();
}

/** For whoever starts a machine: fails with what to do when its parts are not there. */
export function assertPrepared(): void {
  const missing = Object.values(machineParts).filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`Run \`npm run lab -- setup\` first: ${missing[0]} is not there`);
  packInitramfs();
}

function unpackKernel(folder: string, say: Say): void {
  const packageName = dependencyOf("linux-image-amd64");
  const version = packageName.replace("linux-image-", "").replace("-unsigned", "");
  say(`Unpacking the kernel ${version}`);
  downloadPackages(folder, packageName);
  unpackAll(folder);
  run("depmod", "-b", folder, version);
  extractKernel(join(folder, `boot/vmlinuz-${version}`));
  layInitramfs(join(folder, "lib/modules", version), version);
}

/**
 * Debian's `vmlinuz` is an xz stream behind a stub that unpacks it. The bare ELF boots by PVH, and spares the guest
 * five seconds of unpacking under emulation.
 */
function extractKernel(vmlinuz: string): void {
  const image = readFileSync(vmlinuz);
  const start = image.indexOf(Buffer.from("\xfd7zXZ\0", "latin1"));
  if (start === -1) throw new Error(`Cannot unpack ${vmlinuz}: it holds no xz stream`);
  // xz complains about what follows the stream, after it has given all of it: what counts is what came out.
  const { stdout } = spawnSync("xz", ["-dc"], { input: image.subarray(start), maxBuffer: 2 ** 30 });
  if (stdout.toString("latin1", 1, 4) !== "ELF") throw new Error(`Cannot unpack ${vmlinuz}: not an ELF file`);
  writeFileSync(machineParts.kernel, stdout);
}

function layInitramfs(modules: string, version: string): void {
  for (const name of ["bin", "dev", "proc", "sys", "tmp", "run", "lab"]) {
    mkdirSync(join(initramfsFolder, name), { recursive: true });
  }
  cpSync("/bin/busybox", join(initramfsFolder, "bin/busybox"));
  symlinkSync("busybox", join(initramfsFolder, "bin/sh"));
  const read = (name: string) => readFileSync(join(modules, name), "utf8");
  const files = moduleFiles(labModules, read("modules.dep"), read("modules.builtin"));
  for (const file of [...files, "modules.order", "modules.builtin", "modules.builtin.modinfo"]) {
    const target = join(initramfsFolder, "lib/modules", version, file);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(modules, file), target);
  }
  run("depmod", "-b", initramfsFolder, version);
}

/** Packed again whenever one of the guest's scripts has changed. Not compressed: the guest would unpack it slowly. */
function packInitramfs(): void {
  const scripts = readdirSync(guestScripts).map((name) => join(guestScripts, name));
  const stamp = digest(scripts.map((path) => readFileSync(path, "utf8")).join("\0"));
  if (existsSync(packedStampPath) && readFileSync(packedStampPath, "utf8") === stamp) return;
  const placed = { "init.sh": "init", "agent.sh": "lab/agent.sh", "find-disk.sh": "lab/find-disk" };
  for (const [name, place] of Object.entries(placed)) {
    cpSync(join(guestScripts, name), join(initramfsFolder, place));
    chmodSync(join(initramfsFolder, place), 0o755);
  }
  const archive = join(cacheFolder, "packing");
  run("sh", "-c", `cd ${initramfsFolder} && find . | cpio -o -H newc --quiet > ${archive}`);
  renameSync(archive, machineParts.initramfs);
  writeFileSync(packedStampPath, stamp);
}

/** udev for the scenarios with `/dev/disk/by-id`, iscsistart for the drives that speak iSCSI. */
function unpackTools(folder: string, say: Say): void {
  say("Unpacking the guest's tools");
  downloadPackages(folder, "udev", "open-iscsi", "libopeniscsiusr");
  unpackAll(folder);
  mkdirSync(join(machineParts.tools, "usr"), { recursive: true });
  // Where /sbin is a link to /usr/sbin on the host, a real folder laid over the link would hide all that is behind.
  for (const name of ["bin", "sbin", "lib"].filter((each) => existsSync(join(folder, each)))) {
    cpSync(join(folder, name), join(machineParts.tools, "usr", name), { recursive: true });
  }
  cpSync(join(folder, "usr"), join(machineParts.tools, "usr"), { recursive: true });
}

function unpackAll(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".deb"))) {
    run("dpkg-deb", "-x", join(folder, name), folder);
  }
}

function withWorkFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "trofie-lab-setup-"));
  // apt downloads as a user of its own, who must be able to write here.
  chmodSync(folder, 0o777);
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot run ${program} ${args.join(" ")}: ${error?.message ?? stderr}`);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
