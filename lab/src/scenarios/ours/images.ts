import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { linuxDiskHost } from "@trofie/disks";
import { FaultLoop } from "../../fault-loop/fault-loop.ts";
import { runProgram } from "../../run-program.ts";
import { layDebianRoot } from "../../trials/debian-root.ts";
import { workDirectly } from "../../trials/work-directly.ts";
import { makeWorkFolder } from "../../work-folder.ts";
import { MiB, scenario, secret } from "../scenario.ts";

/** Where the file system begins in the image, in MiB. */
const offsetMiB = 1;

export const ourImages = [
  scenario(
    "our station writes an image of Debian to a larger disk and grows it, and e2fsck and Debian's own shell find all of it there",
    async () => {
      const folder = await makeWorkFolder();
      try {
        const root = join(folder, "root");
        await layDebianRoot(root);
        const images = join(folder, "images");
        await mkdir(images);
        const sizeMiB = await makeImage(root, join(images, "debian.img.gz"));
        await using loop = await FaultLoop.attach({ sizeBytes: (sizeMiB + 64) * MiB });
        await loop.disk.fill(secret);
        const report = await workDirectly(linuxDiskHost({ imagesFolder: images }), {
          kind: "image-write",
          path: loop.path,
          image: "debian.img.gz",
          grow: true,
        });
        assert.equal(report.outcome, "done", report.message);
        assert.match(report.message, /read back as written; \S+p1 and its ext4 reach to the end$/);
        await inFileSystem(loop.path, 'e2fsck -fn "$system"');
        const told = await inFileSystem(
          loop.path,
          'mount -o ro "$system" /mnt && df --output=size --block-size=1M /mnt | tail -1 && chroot /mnt /bin/bash -c "cat /etc/debian_version" && ' +
            'diff --recursive --no-dereference --exclude=lost+found "$1" /mnt',
          root,
        );
        const [grownMiB, version] = told.split("\n");
        assert.ok(Number(grownMiB) > sizeMiB + 32, told);
        assert.equal(version, await runProgram("cat", join(root, "etc/debian_version")));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  ),
];

/** A disk with one partition, packed; gives the size of the file system in MiB. */
async function makeImage(root: string, path: string): Promise<number> {
  const usedMiB = Number((await runProgram("du", "--summarize", "--block-size=1M", root)).split("\t")[0]);
  const sizeMiB = Math.ceil(usedMiB * 1.3) + 16;
  const script = `
    set -e
    mkfs.ext4 -q -L debian -d "$1" "$2.fs" ${sizeMiB}M
    truncate --size=${sizeMiB + 2 * offsetMiB}M "$2.disk"
    echo "start=${offsetMiB}MiB, size=${sizeMiB}MiB, type=L" | sfdisk --quiet --label gpt "$2.disk"
    dd if="$2.fs" of="$2.disk" bs=1M seek=${offsetMiB} conv=notrunc,sparse status=none
    gzip -1 < "$2.disk" > "$2"
    rm "$2.fs" "$2.disk"`;
  await runProgram("sh", "-c", script, "sh", root, path);
  return sizeMiB;
}

/** Runs a script with the disk's only partition as `$system`, where its mounts are nobody else's and end with it. */
async function inFileSystem(disk: string, script: string, ...args: string[]): Promise<string> {
  const prepared = `
    set -e
    system=$(losetup --find --show --offset ${offsetMiB * MiB} --read-only "${disk}")
    trap 'umount --quiet /mnt || true; losetup --detach "$system"' EXIT
    ${script}`;
  return runProgram("unshare", "--mount", "sh", "-c", prepared, "sh", ...args);
}
