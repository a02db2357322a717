import { expect, test } from "vitest";
import type { FileStat } from "../machine/machine.ts";
import { writersOf } from "./open-elsewhere.ts";
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
