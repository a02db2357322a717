import { Refusal } from "@trofie/commands";
import { seededRandom, VirtualClock } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DeviceWatch } from "./device-watch.ts";
import { Jobs } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { StationLog } from "./station-log.ts";
import { MemoryMedium } from "./testing/memory-store.ts";
import { MemoryDiskHost } from "./testing/memory-disk-host.ts";

let clock: VirtualClock;
let host: MemoryDiskHost;
let journal: Journal;
let watch: DeviceWatch;
let errors: unknown[];

beforeEach(async () => {
  clock = new VirtualClock();
  host = new MemoryDiskHost();
  journal = new Journal(new MemoryMedium(seededRandom(1)).open(), clock);
  errors = [];
  watch = new DeviceWatch({ host, journal, clock, onError: (error) => errors.push(error) });
  host.add("/dev/a");
  await watch.start();
});

afterEach(async () => {
  await watch.stop();
  journal.close();
  expect(errors).toEqual([]);
});

const told = (): string[] =>
  journal.read(0, 100).map(({ type, body }) => `${type} ${(body as { path: string }).path}`);

describe("a watch over devices", () => {
  test("sees at once what the kernel tells of", async () => {
    host.add("/dev/b");
    host.changed();
    await clock.advance(0);
    expect(told()).toEqual(["device.added /dev/a", "device.added /dev/b"]);
  });

  test("sees also what comes while it is looking", async () => {
    const list = host.list.bind(host);
    const slow = Promise.withResolvers<void>();
    host.list = async () => {
      const found = await list();
      await slow.promise;
      return found;
    };
    host.changed();
    await clock.advance(0);
    host.add("/dev/b");
    for (let i = 0; i < 12; i += 1) host.changed();
    slow.resolve();
    await clock.advance(0);
    expect(told()).toEqual(["device.added /dev/a", "device.added /dev/b"]);
  });

  test("serves a dozen tellings with two looks", async () => {
    let looks = 0;
    const list = host.list.bind(host);
    host.list = () => {
      looks += 1;
      return list();
    };
    for (let i = 0; i < 12; i += 1) host.changed();
    await clock.advance(0);
    expect(looks).toBeLessThanOrEqual(2);
  });

  test("sees by itself what nobody tells of", async () => {
    host.devices.set("/dev/a", { ...host.devices.get("/dev/a")!, uses: ["mounted at /mnt"] });
    await clock.advance(2_000);
    expect(told()).toEqual(["device.added /dev/a", "device.changed /dev/a"]);
  });

  test("looks for a tenth of the time at most, however long a look takes", async () => {
    const list = host.list.bind(host);
    const looksAtMs: number[] = [];
    host.list = async () => {
      looksAtMs.push(clock.nowMs());
      await new Promise<void>((resolve) => clock.callLater(1_000, resolve));
      return list();
    };
    const startMs = clock.nowMs();
    await clock.advance(30_000);
    expect(looksAtMs.map((atMs) => atMs - startMs)).toEqual([2_000, 12_000, 22_000]);
  });

  test("makes no event of a disk that grows warmer, but knows how warm it is", async () => {
    host.devices.set("/dev/a", { ...host.devices.get("/dev/a")!, temperatureC: 41 });
    await clock.advance(2_000);
    expect(told()).toEqual(["device.added /dev/a"]);
    expect(watch.devices[0]!.temperatureC).toBe(41);
  });

  test("tells later what came while the journal's disk was full", async () => {
    const commit = journal.commit.bind(journal);
    journal.commit = () => {
      throw new Refusal("UNAVAILABLE", "the disk is full");
    };
    host.add("/dev/b");
    await clock.advance(4_000);
    expect(watch.devices.map(({ path }) => path)).toEqual(["/dev/a", "/dev/b"]);
    expect(watch.toldDevices.map(({ path }) => path)).toEqual(["/dev/a"]);
    journal.commit = commit;
    await clock.advance(2_000);
    expect(told()).toEqual(["device.added /dev/a", "device.added /dev/b"]);
  });

  test("never tells of what came and went while the journal's disk was full", async () => {
    const commit = journal.commit.bind(journal);
    journal.commit = () => {
      throw new Refusal("UNAVAILABLE", "the disk is full");
    };
    host.add("/dev/b");
    await clock.advance(4_000);
    const log = new StationLog(journal, watch, new Jobs(journal));
    expect(log.snapshot().map(({ id }) => id)).toEqual(["/dev/a"]);
    host.devices.delete("/dev/b");
    journal.commit = commit;
    await clock.advance(2_000);
    expect(told()).toEqual(["device.added /dev/a"]);
  });

  test("asks nothing of the machine once it is stopped", async () => {
    await watch.stop();
    host.list = () => Promise.reject(new Error("asked"));
    host.changed();
    await clock.advance(60_000);
  });
});
