import { expect, test } from "vitest";
import { ContentsMemory } from "./contents-memory.ts";
import { discover } from "./discover.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";

const places = { practiceFolder: "/practice", needed: [] };

/** A practice file, last written at `modified`, with a file system on it. */
function practiceFile(modified: string, type: string) {
  const tree: Tree = {
    "/proc/self/mountinfo": "",
    "/proc/swaps": "",
    "/practice/a.img": { kind: "regular", inode: "7", sizeBytes: 4096, modified },
  };
  return memoryMachine(tree, {
    programs: { "blkid /practice/a.img": `ID_FS_TYPE=${type}\nID_FS_LABEL_ENC=old\n` },
  });
}

const typesOn = async (machine: ReturnType<typeof practiceFile>, memory: ContentsMemory) =>
  (await discover(machine, places, memory)).flatMap(({ device }) => device.holds.map(({ type }) => type));

test("without udev a device is asked itself what it holds", async () => {
  const [found] = await discover(practiceFile("1", "ext4"), places);
  expect(found?.device.holds).toEqual([
    { path: "/practice/a.img", type: "ext4", label: "old", sizeBytes: 4096 },
  ]);
});

test("a device is not read again while nothing is written to it", async () => {
  const memory = new ContentsMemory();
  await typesOn(practiceFile("1", "ext4"), memory);
  expect(await typesOn(practiceFile("1", "never read"), memory)).toEqual(["ext4"]);
});

test("a device that is being written to is left alone until the writing has ended", async () => {
  const memory = new ContentsMemory();
  await typesOn(practiceFile("1", "ext4"), memory);
  expect(await typesOn(practiceFile("2", "xfs"), memory)).toEqual(["ext4"]);
  expect(await typesOn(practiceFile("3", "xfs"), memory)).toEqual(["ext4"]);
  expect(await typesOn(practiceFile("3", "xfs"), memory)).toEqual(["xfs"]);
});
