/** A disk's health, its motor and its mounts, from the terminal. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled, LoopWorkshop, run, whyNoLoops } from "../packages/disks/src/testing/loop-device.ts";
import { Workplace } from "./steps/station-process.ts";

const MiB = 1024 * 1024;
const noLoops = whyNoLoops();
const noFileSystem = noLoops ?? (isInstalled("mkfs.ext4") ? null : "needs mkfs.ext4");

let place: Workplace;

beforeAll(async () => {
  place = new Workplace();
  place.practiceDisk("file", MiB);
  await place.start();
});

afterAll(() => place[Symbol.asyncDispose]());

describe.each([
  ["health", /file: failed\. Cannot check \S+: it gives no health data/],
  ["spin-down", /file: failed\. Cannot spin down \S+: it is a file, and has no motor/],
])("trofie %s", (command, sentence) => {
  test("of what is no disk ends as failed, and says why", async () => {
    const { code, stdout } = await place.trofie(command, "file");
    expect(stdout).toMatch(sentence);
    expect(code).toBe(1);
  });

  test("of no device says so", async () => {
    const { code, stderr } = await place.trofie(command, "/dev/none", "--json");
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "DEVICE_NOT_FOUND" } });
    expect(code).toBe(4);
  });
});

describe.skipIf(noFileSystem)(`a loop device${noFileSystem ? ` (skipped: ${noFileSystem})` : ""}`, () => {
  let loops: LoopWorkshop;

  beforeAll(() => {
    loops = new LoopWorkshop();
  });

  afterAll(() => loops.removeAll());

  const mounts = (device: string): string[] =>
    run("findmnt", "--list", "--noheadings", "--output", "SOURCE")
      .split("\n")
      .filter((source) => source === device);

  /** Attached, with a file system on it, mounted in two places. */
  function mountedLoop(): { device: string; points: string[] } {
    const device = loops.attach(loops.makeFile(16 * MiB));
    run("mkfs.ext4", "-q", device);
    const points = ["one", "two"].map((name) => join(loops.folder, `${device.slice(5)}-${name}`));
    for (const point of points) {
      mkdirSync(point);
      run("mount", device, point);
      loops.later(() => {
        if (mounts(device).length > 0) run("umount", device);
      });
    }
    return { device, points };
  }

  test("has no health that could be asked for, which is said plainly", async () => {
    const device = loops.attach(loops.makeFile(MiB));
    const { code, stdout } = await place.trofie("health", device);
    expect(stdout).toMatch(new RegExp(`${device}: failed\\. Cannot check ${device}: `));
    expect(code).toBe(1);
  });

  test("is unmounted everywhere, and can then be erased", async () => {
    const { device, points } = mountedLoop();
    expect((await place.trofie("erase", device, "--method", "zero", "--confirm", "x")).code).toBe(4);
    const { code, stdout } = await place.trofie("unmount", device);
    expect(stdout).toMatch(new RegExp(`${device}: done\\.`));
    for (const point of points) expect(stdout).toContain(`unmounted ${point}`);
    expect(code).toBe(0);
    expect(mounts(device)).toEqual([]);
    const erased = await place.doWork("erase", device, "--method", "zero", "--confirm", device.slice(5));
    expect(erased.state).toBe("erased");
  });

  test("that somebody uses stays mounted, and the job fails with who does", async () => {
    const { device, points } = mountedLoop();
    const file = join(points[0]!, "open");
    writeFileSync(file, "");
    const { spawn } = await import("node:child_process");
    const holder = spawn("sleep", ["600"], { cwd: points[0], stdio: "ignore" });
    try {
      const { code, stdout } = await place.trofie("unmount", device);
      expect(stdout).toMatch(new RegExp(`${device}: failed\\. .*(busy|in use)`));
      expect(code).toBe(1);
      expect(mounts(device).length).toBeGreaterThan(0);
    } finally {
      holder.kill();
    }
  });

  test("is told to a script as JSON, and need not be waited for", async () => {
    const { device } = mountedLoop();
    const id = await place.startWork("unmount", device, "--no-wait");
    await expect.poll(async () => (await place.job(id)).state, { timeout: 30_000 }).toBe("done");
    expect(await place.job(id)).toMatchObject({ kind: "unmount", report: { findings: { kind: "unmount" } } });
  });
});
