/**
 * Makes a fresh clone ready: installs the packages that the lock file names, and builds the page. Does nothing when
 * nothing has changed. Runs before `npm start` and `npm test`, on Node.js 20 or newer.
 *
 * With `--for-tests`, also installs what prints the reference and the Debian packages that the tests drive (as root), or
 * says which are missing.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const pagePath = join(root, "packages/web/dist/index.html");
const pageSources = [
  "packages/web",
  "packages/contract/src",
  "packages/commands/src",
  "packages/reactor/src",
];

/** What the tests drive, and the Debian package it comes in. */
const testPrograms = {
  "/usr/bin/chromium": "chromium",
  "/usr/sbin/nwipe": "nwipe",
  "/usr/sbin/mkfs.ext4": "e2fsprogs",
  "/usr/bin/lsblk": "util-linux",
  "/usr/sbin/losetup": "mount",
  "/usr/bin/python3": "python3",
  "/usr/lib/python3/dist-packages/twisted/__init__.py": "python3-twisted",
  "/usr/lib/python3/dist-packages/aiosmtpd/__init__.py": "python3-aiosmtpd",
  "/usr/bin/curl": "curl",
  "/usr/bin/ssh-keygen": "openssh-client",
  "/usr/sbin/sshd": "openssh-server",
  "/usr/bin/openssl": "openssl",
  "/usr/bin/nbdfuse": "libnbd-bin",
  "/usr/sbin/mkfs.btrfs": "btrfs-progs",
  "/usr/sbin/hdparm": "hdparm",
  "/usr/sbin/sfdisk": "fdisk",
  "/usr/sbin/mkfs.xfs": "xfsprogs",
  "/usr/sbin/mkfs.vfat": "dosfstools",
  "/usr/bin/xz": "xz-utils",
  "/usr/bin/zstd": "zstd",
  "/usr/sbin/smartctl": "smartmontools",
  "/usr/sbin/nvme": "nvme-cli",
  "/usr/bin/sg_sanitize": "sg3-utils",
};

installPackages(root);
buildPage();
if (process.argv.includes("--for-tests")) {
  installPackages(join(root, "tools/docs"));
  installPrograms();
}

/** Those of one lock file. */
function installPackages(folder) {
  const stampPath = join(folder, "node_modules/.setup-stamp");
  const stamp = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .update(`${process.platform} ${process.arch}`)
    .digest("hex");
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return;
  say(
    folder === root
      ? "Installing packages (once, less than a minute)…"
      : "Installing what prints the reference…",
  );
  run("npm", ["ci", "--loglevel=error"], { cwd: folder });
  writeFileSync(stampPath, stamp);
}

function buildPage() {
  const newest = Math.max(...pageSources.map((folder) => newestChange(join(root, folder))));
  if (existsSync(pagePath) && statSync(pagePath).mtimeMs > newest) return;
  say("Building the page…");
  const node = join(root, "node_modules/node/bin/node");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  run(node, [vite, "build", "--logLevel=warn"], { cwd: join(root, "packages/web") });
}

function newestChange(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["dist", "node_modules"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs);
  }
  return newest;
}

function installPrograms() {
  const missing = Object.entries(testPrograms).flatMap(([path, name]) => (existsSync(path) ? [] : [name]));
  // Where systemd runs, Debian's package would open this machine for logins: that is for its owner to decide.
  const server = existsSync("/run/systemd/system") ? missing.indexOf("openssh-server") : -1;
  if (server !== -1) missing.splice(server, 1);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    say(`Some tests will be skipped; they need: apt-get install ${missing.join(" ")}`);
    return;
  }
  say(`Installing what the tests drive: ${missing.join(" ")}…`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], { env });
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env, quiet: true });
}

function run(program, args, { quiet = false, ...options } = {}) {
  const stdio = ["ignore", quiet ? "ignore" : "inherit", "inherit"];
  const { status, error } = spawnSync(program, args, { cwd: root, stdio, ...options });
  if (status === 0) return;
  say(`Cannot go on: ${program} ${args.join(" ")} ended with ${error?.message ?? `code ${status}`}`);
  process.exit(1);
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}
