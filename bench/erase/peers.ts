/** Who is measured at what: the programs that people erase disks with, and the limit that fio finds. */
import type { OurWork } from "./our-work.ts";
import type { TestDevice } from "./test-devices.ts";

export interface Peer {
  /** "dd 4M". */
  readonly name: string;
  readonly work: OurWork;
  readonly program: string;
  readonly args: (device: TestDevice) => readonly string[];
  /** Only these devices; all without it. */
  readonly on?: (device: TestDevice) => boolean;
  /** What a good end looks like besides 0. */
  readonly exitCodes?: readonly number[];
}

const dd = (size: string): Peer => ({
  name: `dd ${size}`,
  work: "zero",
  program: "dd",
  // Ends with "no space left" at the device's end, exit code 1, unless told how many blocks there are.
  args: ({ path, sizeBytes }) => [
    "if=/dev/zero",
    `of=${path}`,
    `bs=${size}`,
    `count=${sizeBytes / bytesOf(size)}`,
    "oflag=direct",
    "conv=fdatasync",
    "status=none",
  ],
});

const bytesOf = (size: string): number => Number.parseInt(size, 10) * 2 ** 20;

const fio = (way: "write" | "read", engine: string, depth: number, block: string): Peer => ({
  name: `fio ${engine} ${depth}×${block}`,
  work: way === "write" ? "zero" : "verify",
  program: "fio",
  args: ({ path }) => [
    "--name=limit",
    `--filename=${path}`,
    `--rw=${way}`,
    `--ioengine=${engine}`,
    `--iodepth=${depth}`,
    `--bs=${block}`,
    "--direct=1",
    ...(way === "write" ? ["--zero_buffers", "--end_fsync=1"] : []),
    "--output-format=terse",
  ],
});

/**
 * nwipe asks nothing with --nogui --autonuke, and writes one pass alone with --noblank. On sectors of 512 bytes it takes
 * half a minute for each GiB: there once, on the disk.
 */
const nwipe = (work: OurWork, method: string, verify: "off" | "last", prng = "isaac64"): Peer => ({
  name: "nwipe 0.34",
  work,
  program: "nwipe",
  on: ({ name, sectorBytes }) => sectorBytes === 4096 || (work === "zero" && name === "disk 512"),
  args: ({ path }) => [
    "--nogui",
    "--autonuke",
    "--nowait",
    "--noblank",
    `--method=${method}`,
    `--verify=${verify}`,
    `--prng=${prng}`,
    "--logfile=/dev/null",
    path,
  ],
});

const scrub = (work: OurWork, pattern: string): Peer => ({
  name: `scrub ${pattern}`,
  work,
  program: "scrub",
  args: ({ path }) => ["--force", "--no-signature", "--pattern", pattern, path],
});

export const peers: readonly Peer[] = [
  fio("write", "libaio", 4, "256k"),
  fio("write", "io_uring", 2, "1M"),
  fio("write", "psync", 1, "1M"),
  ...["1M", "4M", "16M"].map(dd),
  {
    name: "shred -n0 -z",
    work: "zero",
    program: "shred",
    args: ({ path }) => ["--iterations=0", "--zero", path],
  },
  scrub("zero", "fillzero"),
  nwipe("zero", "zero", "off"),
  {
    name: "shred -n1",
    work: "random",
    program: "shred",
    args: ({ path }) => ["--iterations=1", path],
  },
  nwipe("random", "random", "off"),
  scrub("zero+verify", "verify"),
  nwipe("zero+verify", "zero", "last"),
  {
    name: "cmp",
    work: "verify",
    program: "cmp",
    args: ({ path, sizeBytes }) => [`--bytes=${sizeBytes}`, path, "/dev/zero"],
  },
  {
    name: "dd read 1M",
    work: "verify",
    program: "dd",
    args: ({ path }) => [`if=${path}`, "of=/dev/null", "bs=1M", "iflag=direct", "status=none"],
  },
  fio("read", "libaio", 4, "256k"),
  fio("read", "io_uring", 2, "1M"),
];
