import { afterEach, expect, test, vi } from "vitest";
import { DeviceMemory } from "./device-memory.ts";
import { discover } from "./discover.ts";
import { nowhere } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";

const places = { ...nowhere, practiceFolder: "/practice" };

/** Practice files, last written at `modified`; on the first is a file system. */
function practiceFiles(modified: string, type: string) {
  const tree: Tree = {
    "/proc/self/mountinfo": "",
    "/proc/swaps": "",
    "/practice/a.img": { kind: "regular", inode: "7", sizeBytes: 4096, modified },
    "/practice/b.img": { kind: "regular", inode: "8", sizeBytes: 4096, modified },
  };
  return memoryMachine(tree, {
    programs: {
      "blkid /practice/a.img": `ID_FS_TYPE=${type}\nID_FS_LABEL_ENC=old\\x20f\\xc3\\xa9es\\x5cx41\n`,
      "blkid /practice/b.img": "",
    },
  });
}

afterEach(() => {
  vi.useRealTimers();
});

const typesOn = async (machine: ReturnType<typeof practiceFiles>, memory: DeviceMemory) =>
  (await discover(machine, places, memory)).flatMap(({ device }) => device.holds.map(({ type }) => type));

test("without udev the devices are asked themselves what they hold", async () => {
  const found = await discover(practiceFiles("1", "ext4"), places);
  expect(found.map(({ device }) => device.holds)).toEqual([
    [{ path: "/practice/a.img", type: "ext4", label: "old fées\\x41", sizeBytes: 4096 }],
    [],
  ]);
});

test("a device is not read again while nothing is written to it", async () => {
  const memory = new DeviceMemory();
  await typesOn(practiceFiles("1", "ext4"), memory);
  expect(await typesOn(practiceFiles("1", "never read"), memory)).toEqual(["ext4"]);
});

test("a device that is being written to is left alone until the writing has ended", async () => {
  const memory = new DeviceMemory();
  await typesOn(practiceFiles("1", "ext4"), memory);
  expect(await typesOn(practiceFiles("2", "xfs"), memory)).toEqual(["ext4"]);
  expect(await typesOn(practiceFiles("3", "xfs"), memory)).toEqual(["ext4"]);
  expect(await typesOn(practiceFiles("3", "xfs"), memory)).toEqual(["xfs"]);
});

test("a device that does not answer holds up the others for a second, and its answer counts when it comes", async () => {
  vi.useFakeTimers();
  const machine = practiceFiles("1", "ext4");
  const { promise: hangs, resolve: comesBack } = Promise.withResolvers<string>();
  const hanging = {
    ...machine,
    run: (program: string, args: readonly string[]) =>
      args.at(-1) === "/practice/a.img" ? hangs : Promise.resolve("ID_FS_TYPE=xfs\n"),
  };
  const memory = new DeviceMemory();
  const first = typesOn(hanging, memory);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await first).toEqual(["xfs"]);
  expect(await typesOn(hanging, memory)).toEqual(["xfs"]);
  comesBack("ID_FS_TYPE=ext4\n");
  await vi.advanceTimersByTimeAsync(0);
  expect(await typesOn(hanging, memory)).toEqual(["ext4", "xfs"]);
});

test("without udev no program looks into all devices at once, for one of them may hang", async () => {
  const machine = practiceFiles("1", "ext4");
  const started: string[] = [];
  const counting = {
    ...machine,
    run: (program: string, args: readonly string[]) => {
      started.push(program);
      return machine.run(program, args);
    },
  };
  await discover(counting, places);
  expect(started).toEqual(["blkid", "blkid"]);
});
