import { mkdirSync } from "node:fs";
import type { ImageFindings, JobReport } from "@trofie/contract";
import { afterAll, describe, expect, test } from "vitest";
import { linuxMachine } from "../machine/linux-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { exitCodeOf, isInstalled, LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { planOf, workContext } from "../testing/work-context.ts";
import { carryOutImageWrite, makeImageWritePlan } from "./image-write.ts";
import { ImageBench, packed } from "./testing/image-bench.ts";
import { bootBytes, makeSystemImage, systemOffset, type SystemImage } from "./testing/system-image.ts";

const workshop = new LoopWorkshop();
const bench = new ImageBench(workshop.folder);
const practiceFolder = `${workshop.folder}/practice`;
mkdirSync(practiceFolder);
afterAll(() => workshop.removeAll());

const places = { practiceFolder, imagesFolder: bench.folder, needed: [], protected: [] };
const mebibyte = 1024 * 1024;

/** Real files of a real system, with its links, owners and modes: 1 MB or so of what Debian installs everywhere. */
const files = `${workshop.folder}/files`;
mkdirSync(files);
run("cp", "--archive", "/usr/share/perl5/Debconf", "/etc/alternatives", "/usr/share/bash-completion", files);

interface Grown {
  readonly device: string;
  readonly report: JobReport;
}

type Making = Pick<SystemImage, "table" | "fileSystem"> & Partial<SystemImage>;

/** Makes an image, writes it to a new and larger loop device, and has it grown. */
async function grow(
  name: string,
  making: Making,
  { sizeBytes = 64 * mebibyte, machine = linuxMachine(), sector = "512" } = {},
): Promise<Grown> {
  makeImage(name, making);
  const backing = workshop.makeSparseFile(sizeBytes);
  const device = workshop.attach(backing, "--direct-io=on", "--sector-size", sector);
  return { device, report: await write(name, device, machine) };
}

function makeImage(name: string, making: Making): void {
  const raw = `${workshop.folder}/raw.img`;
  makeSystemImage({ path: raw, files, sizeBytes: 16 * mebibyte, ...making });
  bench.put(name, packed(name, bench.read("../raw.img")));
}

async function write(name: string, path: string, machine: Machine): Promise<JobReport> {
  const work = { kind: "image-write", path, image: name, grow: true } as const;
  const planned = await planOf(machine, places, makeImageWritePlan, work);
  return carryOutImageWrite(workContext(machine, places, planned).context);
}

function grownOf({ findings }: JobReport): ImageFindings["grown"] {
  return findings?.kind === "image-write" ? findings.grown : null;
}

/** As small as may be: btrfs is not resized under 256 MiB. Image and disk. */
function sizesOf(fileSystem: string): [number, number] {
  if (fileSystem === "btrfs") return [112 * mebibyte, 272 * mebibyte];
  return fileSystem === "xfs" ? [32 * mebibyte, 64 * mebibyte] : [16 * mebibyte, 64 * mebibyte];
}

interface Table {
  readonly partitiontable: {
    readonly partitions: readonly { readonly start: number; readonly size: number; readonly type: string }[];
  };
}

function partitionsOf(device: string) {
  const { partitiontable }: Table = JSON.parse(run("sfdisk", "--json", device));
  return partitiontable.partitions;
}

/** Compares the files in the file system with those that went in, in a mount namespace of its own. */
function compareFiles(device: string, offset: number, type: string): void {
  const script =
    'mount -t "$3" -o ro,loop,offset="$2" "$1" /mnt && diff --recursive --no-dereference --exclude=lost+found "$4" /mnt && df --output=size --block-size=1 /mnt | tail -1 && umount /mnt';
  const said = run("unshare", "--mount", "sh", "-c", script, "sh", device, String(offset), type, files);
  expect(Number(said)).toBeGreaterThan(40 * mebibyte);
}

const noLoops = whyNoLoops();
const missing = ["sfdisk", "mkfs.ext4", "mkfs.xfs", "mkfs.btrfs", "mkfs.vfat"].filter(
  (program) => !isInstalled(program),
);
const why = noLoops ?? (missing.length > 0 ? `needs ${missing.join(", ")}` : null);

describe.skipIf(why !== null)(`on loop devices${why === null ? "" : ` (${why})`}`, () => {
  test.each([
    ["gpt", "ext4", "gpt.img.xz", "512"],
    ["dos", "ext4", "dos.img.gz", "512"],
    ["gpt", "xfs", "xfs.img.zst", "512"],
    ["dos", "btrfs", "btrfs.img.zst", "512"],
    ["dos", "ext2", "ext2.img", "512"],
  ] as const)(
    "a %s disk's %s is grown to the disk's end, and every file is there",
    async (table, fileSystem, name, sector) => {
      const [sizeBytes, diskBytes] = sizesOf(fileSystem);
      const { device, report } = await grow(
        name,
        { table, fileSystem, sizeBytes },
        { sector, sizeBytes: diskBytes },
      );
      const path = `${device}p2`;
      expect(report).toMatchObject({
        outcome: "done",
        message: `Every byte was written, and read back as written; ${path} and its ${fileSystem} reach to the end`,
        findings: { readBack: true, grown: { path, fileSystem } },
      });
      const [boot, system] = partitionsOf(device);
      const endBytes = ((system?.start ?? 0) + (system?.size ?? 0)) * 512;
      expect(diskBytes - endBytes).toBeLessThan(mebibyte);
      expect(grownOf(report)?.sizeBytes).toBe((system?.size ?? 0) * 512);
      expect(boot).toMatchObject({ start: 2048, size: 4096 });
      expect(bootBytes(device).every((byte) => byte === 0xe5)).toBe(true);
      expect(run("sfdisk", "--verify", device)).toContain("No errors detected");
      if (fileSystem.startsWith("ext")) {
        const loop = workshop.attach(device, "--offset", String(systemOffset), "--read-only");
        expect(exitCodeOf("e2fsck", "-fn", loop)).toBe(0);
        workshop.detach(loop);
      }
      compareFiles(device, systemOffset, fileSystem);
    },
  );

  test("a logical partition is grown with the extended one that it is in", async () => {
    const { device, report } = await grow("logical.img.gz", { table: "dos, logical", fileSystem: "ext4" });
    const path = `${device}p5`;
    expect(report).toMatchObject({
      outcome: "done",
      message: `Every byte was written, and read back as written; ${path} and its ext4 reach to the end`,
      findings: { grown: { path, fileSystem: "ext4", sizeBytes: 61 * mebibyte } },
    });
    expect(partitionsOf(device)).toMatchObject([
      { start: 2048, size: 2048, type: "c" },
      { start: 4096, size: (62 * mebibyte) / 512, type: "5" },
      { start: systemOffset / 512, size: (61 * mebibyte) / 512, type: "83" },
    ]);
    expect(run("sfdisk", "--verify", device)).toContain("No errors detected");
    compareFiles(device, systemOffset, "ext4");
  });

  test("a file system without a partition table is grown to the disk's end", async () => {
    const { device, report } = await grow("bare.img.gz", { table: null, fileSystem: "ext4" });
    expect(report).toMatchObject({
      outcome: "done",
      findings: { grown: { path: device, fileSystem: "ext4", sizeBytes: 64 * mebibyte } },
    });
    compareFiles(device, 0, "ext4");
  });

  test("nothing stays attached to the disk, and nobody else could open it meanwhile", async () => {
    const real = linuxMachine();
    const opened: string[] = [];
    const machine: Machine = {
      ...real,
      async execute(program, args, options) {
        if (program === "resize2fs" && args[0] !== "-V") {
          const device = run("losetup", "--noheadings", "--output", "BACK-FILE", args[0] ?? "");
          opened.push(
            await real.open(device).then(
              () => "open",
              (error: { code: string }) => error.code,
            ),
          );
        }
        return real.execute(program, args, options);
      },
    };
    const { device, report } = await grow("held.img.gz", { table: "gpt", fileSystem: "ext4" }, { machine });
    expect(report.outcome).toBe("done");
    expect(opened).toEqual(["EBUSY"]);
    expect(run("losetup", "--list", "--noheadings", "--output", "BACK-FILE")).not.toContain(device);
  });

  test.each([
    ["vfat", "its last partition is no Linux file system that can be grown, it holds FAT"],
    ["swap", "its last partition is no Linux file system that can be grown, it is swap"],
    ["none", "nothing that is known is in its last partition"],
  ] as const)(
    "a last partition with %s is left as it is, and the image is written all the same",
    async (fileSystem, words) => {
      const { device, report } = await grow(`${fileSystem}.img.gz`, { table: "gpt", fileSystem });
      expect(report).toMatchObject({
        outcome: "done",
        findings: { readBack: true, grown: null, notGrown: words },
      });
      expect(report.message).toBe(`Every byte was written, and read back as written; not grown: ${words}`);
      expect(partitionsOf(device)[1]?.size).toBe((16 * mebibyte) / 512);
    },
  );

  test("LVM and LUKS are named", async () => {
    for (const [label, words] of [
      ["LVM2", "it is a physical volume of LVM"],
      ["LUKS", "it is encrypted (LUKS)"],
    ] as const) {
      makeImage("other.img", { table: "gpt", fileSystem: "none" });
      putLabel(label, `${bench.folder}/other.img`);
      const device = workshop.attach(workshop.makeSparseFile(64 * mebibyte));
      const report = await write("other.img", device, linuxMachine());
      expect(report).toMatchObject({ outcome: "done", findings: { grown: null } });
      expect(report.message).toContain(
        `not grown: its last partition is no Linux file system that can be grown, ${words}`,
      );
    }
  });

  test("a file system that is not whole is not touched", async () => {
    makeImage("broken.img", { table: "gpt", fileSystem: "ext4" });
    // The group descriptors lie behind the superblock: e2fsck finds them wrong and does not mend that unasked.
    const at = String(systemOffset + 4096);
    run(
      "dd",
      "if=/dev/urandom",
      `of=${bench.folder}/broken.img`,
      "bs=1",
      "count=4096",
      `seek=${at}`,
      "conv=notrunc",
      "status=none",
    );
    const device = workshop.attach(workshop.makeSparseFile(64 * mebibyte), "--direct-io=on");
    const report = await write("broken.img", device, linuxMachine());
    expect(report).toMatchObject({ outcome: "done", findings: { readBack: true, grown: null } });
    expect(report.message).toMatch(/not grown: the ext4 in its last partition is not whole \(e2fsck: /);
    expect(partitionsOf(device)[1]?.size).toBe((16 * mebibyte) / 512);
  });

  test("a growing that leaves the file system damaged fails the job", async () => {
    const real = linuxMachine();
    const machine: Machine = {
      ...real,
      execute: (program, args, options) =>
        program === "e2fsck" && args.includes("-n")
          ? Promise.resolve({ exitCode: 4, stdout: "", stderr: "Block bitmap differences" })
          : real.execute(program, args, options),
    };
    const { report } = await grow("harmed.img.gz", { table: "gpt", fileSystem: "ext4" }, { machine });
    expect(report).toMatchObject({ outcome: "failed", findings: { readBack: true, grown: null } });
    expect(report.message).toContain("growing it has damaged the ext4");
  });

  test.each(["sfdisk", "losetup", "resize2fs"])(
    "without %s nothing is changed, and that is said",
    async (missingTool) => {
      const real = linuxMachine();
      const machine: Machine = {
        ...real,
        execute: (program, args, options) =>
          program === missingTool ? Promise.resolve(null) : real.execute(program, args, options),
      };
      const { device, report } = await grow(
        "toolless.img.gz",
        { table: "gpt", fileSystem: "ext4" },
        { machine },
      );
      expect(report).toMatchObject({ outcome: "done", findings: { grown: null } });
      expect(report.message).toContain("not installed");
      expect(partitionsOf(device)[1]?.size).toBe((16 * mebibyte) / 512);
    },
  );

  test("a practice file is grown like a disk", async () => {
    makeImage("practice.img.xz", { table: "gpt", fileSystem: "ext4" });
    const device = workshop.makeSparseFile(64 * mebibyte, practiceFolder);
    const report = await write("practice.img.xz", device, linuxMachine());
    expect(report).toMatchObject({ outcome: "done", findings: { grown: { fileSystem: "ext4" } } });
    compareFiles(device, systemOffset, "ext4");
  });

  test("a DOS table on a disk of 3 TiB ends where it can count to, and nothing breaks", async () => {
    makeImage("huge.img.gz", { table: "dos", fileSystem: "ext4" });
    const device = workshop.attach(workshop.makeSparseFile(3 * 1024 ** 4));
    const real = linuxMachine();
    const machine: Machine = {
      ...real,
      // A file system of 2 TiB takes resize2fs minutes here.
      execute: (program, args, options) =>
        program === "resize2fs"
          ? Promise.resolve({ exitCode: 0, stdout: "", stderr: "" })
          : real.execute(program, args, options),
    };
    const report = await write("huge.img.gz", device, machine);
    expect(grownOf(report)?.sizeBytes).toBe((2 ** 32 - 1 - systemOffset / 512) * 512);
  });
});

/** The labels by which LVM and LUKS are known, and no more of them. */
function putLabel(label: "LVM2" | "LUKS", path: string): void {
  const at = systemOffset + (label === "LVM2" ? 512 : 0);
  const bytes = Buffer.alloc(512);
  if (label === "LVM2") {
    bytes.write("LABELONE", 0);
    bytes.writeBigUInt64LE(1n, 8);
    bytes.writeUInt32LE(32, 20);
    bytes.write("LVM2 001", 24);
    bytes.write("0123456789abcdefghijklmnopqrstuv", 32);
    bytes.writeBigUInt64LE(BigInt(16 * mebibyte), 64);
    bytes.writeUInt32LE(lvmChecksum(bytes.subarray(20)), 16);
  } else {
    bytes.write("LUKS\xba\xbe", 0, "latin1");
    bytes.writeUInt16BE(1, 6);
    bytes.write("aes", 8);
    bytes.write("xts-plain64", 40);
    bytes.write("sha256", 72);
    bytes.writeUInt32BE(4096, 104);
    bytes.writeUInt32BE(32, 108);
    bytes.write("01234567-89ab-cdef-0123-456789abcdef", 168);
  }
  bench.put("../label", bytes);
  run("dd", `if=${workshop.folder}/label`, `of=${path}`, "bs=1", `seek=${at}`, "conv=notrunc", "status=none");
}

/** LVM's label checksum: CRC-32 with its own initial value and no final inversion (lib/misc/crc.c). */
function lvmChecksum(bytes: Uint8Array): number {
  let crc = 0xf597a6cf;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return crc >>> 0;
}
