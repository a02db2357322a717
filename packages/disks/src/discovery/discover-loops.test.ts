/** Discovery on this very machine: real loop devices in all the ways in which a device can be used here. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Device as DeviceSchema, type Device } from "@trofie/contract";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { linuxMachine } from "../machine/linux-machine.ts";
import { isInstalled, LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { nowhere } from "../testing/machines.ts";
import { discover, discoverWithoutContents } from "./discover.ts";
import { askHiddenAreas } from "./hidden-areas.ts";

const MiB = 1024 * 1024;
const whyNot = whyNoLoops();
const machine = linuxMachine();

describe.skipIf(whyNot !== null)(`on real devices${whyNot === null ? "" : ` (skipped: ${whyNot})`}`, () => {
  let workshop: LoopWorkshop;

  beforeEach(() => {
    workshop = new LoopWorkshop();
  });
  afterEach(() => workshop.removeAll());

  const attachNew = (sizeBytes = 16 * MiB, ...options: string[]) =>
    workshop.attach(workshop.makeSparseFile(sizeBytes), ...options);

  function mountPoint(name: string): string {
    const point = join(workshop.folder, name);
    mkdirSync(point);
    return point;
  }

  function withExt4(device = attachNew()): string {
    run("mkfs.ext4", "-q", "-F", device);
    return device;
  }

  async function deviceAt(path: string, needed: string[] = []): Promise<Device> {
    const found = await discoverWithoutContents(machine, { ...nowhere, needed });
    const device = found.find((each) => each.device.path === path)?.device;
    if (device === undefined) throw new Error(`${path} is not in the list`);
    return device;
  }

  const usesOf = async (path: string) => (await deviceAt(path)).uses;

  test("every device of this machine can be told to a client, and a disk that / is mounted from is the system's", async () => {
    for (const { device } of await discover(machine, nowhere)) {
      expect(() => DeviceSchema.parse(device)).not.toThrow();
      if (device.uses.some((use) => use.endsWith("mounted at /"))) {
        expect(device.refusal).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
      }
    }
  });

  test("a free loop device is free, known by its file and its attachment", async () => {
    const path = attachNew();
    expect(await deviceAt(path)).toMatchObject({
      bus: "loop",
      uses: [],
      refusal: null,
      identity: { kind: "loop", sizeBytes: 16 * MiB, backing: expect.stringContaining(workshop.folder) },
    });
  });

  test("read-only and sectors of 4096 bytes are seen", async () => {
    expect(await deviceAt(attachNew(MiB, "--read-only"))).toMatchObject({
      readOnly: true,
      refusal: { code: "DEVICE_READ_ONLY" },
    });
    expect(await deviceAt(attachNew(MiB, "--sector-size", "4096"))).toMatchObject({
      logicalSectorBytes: 4096,
      refusal: null,
    });
  });

  test("mounted is told with every place, bound ones too", async () => {
    const path = withExt4();
    const [first, second] = [mountPoint("first place"), mountPoint("second")];
    workshop.mount(path, first);
    workshop.mount(first, second, "--bind");
    expect(await usesOf(path)).toEqual([`mounted at ${first}`, `mounted at ${second}`]);
  });

  test("a partition that is mounted and one that is swap are told with their own paths", async () => {
    const path = attachNew(32 * MiB);
    run("addpart", path, "1", "2048", "16384");
    run("addpart", path, "2", "20480", "16384");
    workshop.later(() => run("partx", "--delete", path));
    run("mkfs.ext4", "-q", "-F", `${path}p1`);
    run("mkswap", `${path}p2`);
    const point = mountPoint("point");
    workshop.mount(`${path}p1`, point);
    run("swapon", `${path}p2`);
    workshop.later(() => run("swapoff", `${path}p2`));
    const device = await deviceAt(path);
    expect(device.uses).toEqual([`${path}p1 mounted at ${point}`, `${path}p2 swap`]);
    expect(device.refusal?.message).toBe(`Cannot erase ${path}: ${path}p1 is mounted at ${point}`);
    const held = (await discover(machine, nowhere)).find((each) => each.device.path === path)?.device.holds;
    expect(held?.map((content) => [content.path, content.type])).toEqual([
      [`${path}p1`, "ext4"],
      [`${path}p2`, "swap"],
    ]);
  });

  test("a loop device over a loop device: the one is behind, the other only a view", async () => {
    const below = withExt4();
    const above = workshop.attach(below);
    const point = mountPoint("point");
    workshop.mount(above, point);
    expect(await usesOf(below)).toEqual([`behind ${above}, mounted at ${point}`]);
    expect(await usesOf(above)).toEqual([`mounted at ${point}`, `only a view of ${below}`]);
  });

  test("two loop devices over one file are each other's", async () => {
    const file = workshop.makeSparseFile(MiB);
    const [one, two] = [workshop.attach(file), workshop.attach(file)];
    expect(await usesOf(one)).toEqual([`the same file as ${two}`]);
    expect(await usesOf(two)).toEqual([`the same file as ${one}`]);
  });

  test("a loop device over a file that is swap is refused", async () => {
    const point = mountPoint("point");
    workshop.mount(withExt4(attachNew(64 * MiB)), point);
    const file = join(point, "swap file");
    writeFileSync(file, Buffer.alloc(16 * MiB), { mode: 0o600 });
    run("mkswap", file);
    run("swapon", file);
    workshop.later(() => run("swapoff", file));
    const path = workshop.attach(file);
    expect(await usesOf(path)).toEqual([`the file ${file}, which is swap`]);
  });

  test("the device under what the station needs is the system's, through a file system in a file on it too", async () => {
    const outer = withExt4(attachNew(64 * MiB));
    const outerPoint = mountPoint("outer");
    workshop.mount(outer, outerPoint);
    const inner = withExt4(workshop.attach(workshop.makeSparseFile(16 * MiB, outerPoint)));
    const innerPoint = mountPoint("inner");
    workshop.mount(inner, innerPoint);
    const state = join(innerPoint, "not there yet");
    for (const path of [inner, outer]) {
      expect((await deviceAt(path, [state])).refusal).toMatchObject({
        code: "DEVICE_IS_SYSTEM",
        state: `it holds ${state}, which this machine runs from`,
      });
    }
  });

  test("a loop device over a program of the station's is the system's", async () => {
    const program = workshop.makeSparseFile(MiB);
    const path = workshop.attach(program);
    expect((await deviceAt(path, [program])).refusal).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
  });

  const hasOverlay = isFileSystem("overlay");
  test.skipIf(!hasOverlay)(
    `a device under one layer of an overlay is told${hasOverlay ? "" : " (skipped: no overlay)"}`,
    async () => {
      const path = withExt4();
      const [point, merged] = [mountPoint("point"), mountPoint("merged")];
      workshop.mount(path, point);
      for (const layer of ["upper", "work"]) mkdirSync(join(point, layer));
      const lower = mountPoint("low,er:1");
      const escaped = lower.replaceAll(/[,:]/g, String.raw`\$&`);
      const layers = `lowerdir=${escaped},upperdir=${point}/upper,workdir=${point}/work`;
      workshop.mount("overlay", merged, "-t", "overlay", "-o", layers);
      expect(await usesOf(path)).toEqual([`mounted at ${point}`, `mounted at ${merged}`]);
    },
  );

  const hasBtrfs = isInstalled("mkfs.btrfs") && isFileSystem("btrfs");
  test.skipIf(!hasBtrfs)(
    `every device of a btrfs is in use, and the system's when a subvolume of it is needed${hasBtrfs ? "" : " (skipped: no btrfs)"}`,
    async () => {
      const [one, two] = [attachNew(128 * MiB), attachNew(128 * MiB)];
      run("mkfs.btrfs", "-q", "-f", "-d", "single", "-m", "single", one, two);
      const point = mountPoint("point");
      workshop.mount(one, point);
      const state = join(point, "state");
      run("btrfs", "subvolume", "create", state);
      for (const path of [one, two]) {
        expect(await usesOf(path)).toEqual([`mounted at ${point}`]);
        expect((await deviceAt(path, [state])).refusal).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
      }
    },
  );

  /** A program that holds the device open for writing and has nobody of ours above it. */
  function openBehindOurBacks(path: string): string {
    const { stdout } = spawnSync("sh", ["-c", `sleep 60 3<>${path} >/dev/null 2>&1 & echo $!`], {
      encoding: "utf8",
    });
    const pid = stdout.trim();
    workshop.later(() => process.kill(Number(pid), "SIGKILL"));
    return pid;
  }

  test("a stranger that has the device open for writing is told by name; a child of ours is none", async () => {
    const path = attachNew();
    const child = spawn("sh", ["-c", `exec sleep 60 3<>${path}`]);
    workshop.later(() => child.kill("SIGKILL"));
    await until(() =>
      expect(spawnSync("ls", ["-l", `/proc/${child.pid}/fd`], { encoding: "utf8" }).stdout).toContain(path),
    );
    expect(await usesOf(path)).toEqual([]);
    const pid = openBehindOurBacks(path);
    await until(async () =>
      expect(await usesOf(path)).toEqual([`open for writing in process ${pid} (sleep)`]),
    );
  });

  test("hidden areas of a loop device are unknown, though hdparm ends well and says nothing", async () => {
    const disk = { path: attachNew(), sizeBytes: 16 * MiB, logicalSectorBytes: 512 };
    expect(await askHiddenAreas(machine, disk)).toEqual({ hpa: "unknown", dco: "unknown" });
  });

  test("a listing is whole while devices come and go under it", async () => {
    const stays = attachNew();
    const file = workshop.makeSparseFile(MiB);
    let isOver = false;
    const coming = (async () => {
      for (let comings = 0; comings < 20; comings++) {
        const device = workshop.attach(file);
        await new Promise((resolve) => setTimeout(resolve, 5));
        workshop.detach(device);
      }
      isOver = true;
    })();
    do {
      expect((await deviceAt(stays)).path).toBe(stays);
      // oxlint-disable-next-line no-unmodified-loop-condition -- it is, by `coming`
    } while (!isOver);
    await coming;
  });
});

/** A bound that only catches what never comes. */
function until(holds: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(holds, { timeout: 20_000 });
}

/** Whether this kernel knows it without loading a module. */
function isFileSystem(name: string): boolean {
  return readFileSync("/proc/filesystems", "utf8").split(/\s+/).includes(name);
}
