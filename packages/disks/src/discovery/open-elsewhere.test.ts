import { expect, test } from "vitest";
import type { FileStat } from "../machine/machine.ts";
import { WritersMemory, writersOf } from "./open-elsewhere.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";

const disk: FileStat = {
  kind: "block",
  number: "8:16",
  onDevice: "0:6",
  inode: "1",
  modified: "0",
  links: 1,
  sizeBytes: 0,
};

/** A machine where we are process 1, and process 7 has one file open with these flags. */
function machineWhereOpen(target: string, flags: string) {
  const tree: Tree = {
    "/dev/sdb": { number: "8:16" },
    "/dev/second-node": { number: "8:16" },
    "/dev/sdc": { number: "8:32" },
    "/proc/self": { link: "1" },
    "/proc/1/fd/3": { link: "/dev/sdb" },
    "/proc/1/fdinfo/3": "flags:\t02100002",
    "/proc/7/fd/4": { link: target },
    "/proc/7/fdinfo/4": `pos:\t0\nflags:\t${flags}\nmnt_id:\t24`,
    "/proc/cpuinfo": "",
  };
  return memoryMachine(tree);
}

test("a process that has the disk open for writing is named, whatever node it opened", async () => {
  for (const target of ["/dev/sdb", "/dev/second-node"]) {
    expect(await writersOf(machineWhereOpen(target, "02100001"), "/dev/sdb", disk)).toEqual(["process 7"]);
  }
});

test("readers, other disks and we ourselves are no writers", async () => {
  expect(await writersOf(machineWhereOpen("/dev/sdb", "0100000"), "/dev/sdb", disk)).toEqual([]);
  expect(await writersOf(machineWhereOpen("/dev/sdc", "0100002"), "/dev/sdb", disk)).toEqual([]);
});

const writing: Tree = {
  "/proc/self": { link: "1" },
  "/dev/sdb": { number: "8:16" },
  "/proc/8/comm": "qemu-system-x86",
  "/proc/8/stat": "8 (qemu-system-x86) S 2 8 8 0",
  "/proc/8/fd/4": { link: "/dev/sdb" },
  "/proc/8/fdinfo/4": "flags:\t02100002",
};

test("a process is told with the name of its program", async () => {
  expect(await writersOf(memoryMachine(writing), "/dev/sdb", disk)).toEqual(["process 8 (qemu-system-x86)"]);
});

test("our own jobs and what they start are no strangers", async () => {
  const ours: Tree = {
    ...writing,
    "/proc/2/stat": "2 (a) b) D 1 2 2 0",
    "/proc/1/stat": "1 (node) S 0 1 1 0",
  };
  expect(await writersOf(memoryMachine(ours), "/dev/sdb", disk)).toEqual([]);
});

test("the process of a job that an earlier station started is no stranger, whoever its parent is now", async () => {
  const names = async (...ours: string[]) =>
    (await new WritersMemory(new Set(ours)).writers(memoryMachine(writing), () => false)).map(
      ({ pid }) => pid,
    );
  expect(await names("8")).toEqual([]);
  expect(await names("9")).toEqual(["8"]);
});

test("a new process is looked into at once, an old one within eight looks, a writer each time", async () => {
  const { "/proc/8/fd/4": _fd, "/proc/8/fdinfo/4": _flags, ...closed } = writing;
  const [before, opened, after] = [closed, writing, closed].map((tree) => memoryMachine(tree));
  const memory = new WritersMemory();
  const names = async (machine = before!) =>
    (await memory.writers(machine, () => false)).map(({ pid }) => pid);
  expect(await names()).toEqual([]);
  const looks: string[][] = [];
  for (let look = 0; look < 8; look++) looks.push(await names(opened));
  expect(looks.at(-1)).toEqual(["8"]);
  expect(await names(after)).toEqual([]);
  expect(await new WritersMemory().writers(opened!, () => false)).toHaveLength(1);
});
