/** Disks that their owner has named as not to be touched, asked for by somebody on the network. */
import { once } from "node:events";
import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LoopWorkshop, run, whyNoLoops } from "../packages/disks/src/testing/loop-device.ts";
import { Workplace, endOf } from "./steps/station-process.ts";

const MiB = 2 ** 20;
let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place[Symbol.asyncDispose]());

test("a protected disk is listed as such and read, and neither erased nor written to; the others are as before", async () => {
  const kept = place.practiceDisk("customer-1", MiB);
  const free = place.practiceDisk("other", MiB);
  writeFileSync(join(place.images, "a.img"), Buffer.alloc(MiB));
  await place.start("--protect", join(place.practice, "customer-*"), "--protect", "serial:NONE");
  const listed = await place.trofie("devices");
  expect(listed.stdout).toContain(`no: it is protected (${place.practice}/customer-*)`);
  const erase = await place.trofie("erase", kept, "--method", "zero", "--confirm", "customer-1", "--json");
  expect([erase.code, JSON.parse(erase.stderr)]).toMatchObject([
    4,
    {
      error: {
        code: "DEVICE_PROTECTED",
        message: `Cannot erase ${kept}: it is protected (${place.practice}/customer-*)`,
      },
    },
  ]);
  const write = await place.trofie("image", "write", "a.img", kept, "--confirm", "customer-1", "--json");
  expect([write.code, write.stderr]).toEqual([4, expect.stringContaining("DEVICE_PROTECTED")]);
  expect((await place.doWork("verify", kept, "--expect", "be")).state).toBe("done");
  expect((await place.doWork("erase", free, "--method", "zero", "--confirm", "other")).state).toBe("erased");
  expect(readFileSync(kept).equals(Buffer.alloc(MiB, 0xbe))).toBe(true);
});

test("the names can stand in the state folder; and what no disk answers to is said once", async () => {
  place.practiceDisk("kept", MiB);
  mkdirSync(place.state);
  writeFileSync(
    join(place.state, "protected"),
    `# ours\n\n  serial:GONE # sent back\n${place.practice}/kept\n`,
  );
  const station = place.spawnStation();
  const ended = endOf(station);
  for await (const text of station.stderr!) if (String(text).includes("serial:GONE")) break;
  expect((await place.trofie("devices")).stdout).toContain(`no: it is protected (${place.practice}/kept)`);
  station.kill("SIGTERM");
  expect((await ended).stderr.match(/No disk that is here now is protected by .*/g)).toEqual([
    "No disk that is here now is protected by serial:GONE",
  ]);
});

test("an erase that was cut off does not go on over a disk that is protected since", async () => {
  const path = place.sparseDisk("big", 1024 * MiB);
  const { station } = await place.start();
  const id = await place.startWork("erase", "big", "--method", "gutmann", "--confirm", "big");
  await expect.poll(async () => (await place.job(id)).state, { timeout: 60_000 }).toBe("running");
  station.kill("SIGTERM");
  await once(station, "exit");
  await place.start("--protect", path);
  await expect
    .poll(async () => (await place.job(id)).why, { timeout: 60_000 })
    .toBe(`Cannot go on with ${path}: it is protected (${path})`);
  expect((await place.job(id)).state).toBe("interrupted");
});

test("a station that cannot read whom it protects does not start", async () => {
  const slip = await place.stationEnds("--protect", "sdb");
  expect(slip.code).toBe(1);
  expect(slip.stderr).toContain(
    "Cannot protect sdb: a disk is named serial:…, wwn:…, or by a path that begins with /\n",
  );
  mkdirSync(join(place.state, "protected"), { recursive: true });
  const folder = await place.stationEnds();
  expect(folder.code).toBe(1);
  expect(folder.stderr).toContain(`Cannot tell what ${place.state}/protected protects: it is a folder\n`);
});

const noLoops = whyNoLoops();
describe.skipIf(noLoops)(`a block device${noLoops ? ` (skipped: ${noLoops})` : ""}`, () => {
  test("that is protected is not unmounted and not stopped either", async () => {
    const loops = new LoopWorkshop();
    try {
      const path = loops.attach(loops.makeSparseFile(16 * MiB));
      run("mkfs.ext4", "-q", path);
      mkdirSync(join(loops.folder, "mount"));
      loops.mount(path, join(loops.folder, "mount"));
      await place.start("--protect", path);
      for (const work of ["unmount", "spin-down"]) {
        const { code, stderr } = await place.trofie(work, path, "--json");
        expect([code, stderr]).toEqual([4, expect.stringContaining("DEVICE_PROTECTED")]);
      }
      expect(readFileSync("/proc/mounts", "utf8")).toContain(`${path} `);
    } finally {
      loops.removeAll();
    }
  });
});
