import type { EraseWork } from "@trofie/contract";
import { describe, expect, test } from "vitest";
import type { Machine } from "../machine/machine.ts";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { Workbench } from "../testing/workbench.ts";
import { blockBytes } from "./streams/block-maker.ts";

const sizeBytes = 400 * blockBytes;

interface Story {
  /** How long an operation takes: two of them are under way at a time, on a slow disk. */
  readonly ms: (operation: string, offset: number) => number;
  /** What its sensor says, in thousandths of a degree; null: nothing. */
  readonly sensor?: (nowMs: number) => string | null;
  readonly onEvent?: (type: string, bench: Workbench) => void;
}

function benchOf({ ms, sensor, onEvent = () => {} }: Story): Workbench {
  const clock = new VirtualClock();
  const disk = new MemoryDisk({ sizeBytes, byte: 0xbe, hasCache: false, latency: { clock, ms } });
  const bench: Workbench = new Workbench({
    disk,
    clock,
    onEvent: ({ type }) => onEvent(type, bench),
    ...(sensor && { more: (machine) => withSensor(machine, () => sensor(clock.nowMs())) }),
  });
  return bench;
}

function withSensor(machine: Machine, sensor: () => string | null): Machine {
  const hwmon = "/sys/class/hwmon/hwmon0";
  return {
    ...machine,
    list: async (folder) => (folder === "/sys/class/hwmon" ? ["hwmon0"] : machine.list(folder)),
    readText: async (path) => (path === `${hwmon}/name` ? "drivetemp" : machine.readText(path)),
    resolve: async (path) => {
      if (path !== `${hwmon}/device`) return machine.resolve(path);
      return (await machine.resolve("/sys/block/sdb"))?.replace(/\/block\/.*/, "") ?? null;
    },
    run: async () => `${hwmon}/temp1_input:${sensor() ?? ""}\n`,
  };
}

async function erased(bench: Workbench, work: Partial<EraseWork>): Promise<string> {
  const { outcome, message } = await bench.erase(await bench.plan(work));
  return `${outcome}: ${message}`;
}

/** 2 blocks of 1 MiB in a second, but for the flushes. */
const slow = () => 1_000;
const fast = () => 10;

describe("a disk that is too slow", () => {
  test("is given up after a minute of it, with the figures", async () => {
    const bench = benchOf({ ms: slow });
    expect(await erased(bench, { minBytesPerSecond: 5_000_000 })).toMatch(
      /^failed: Gave up: over 1 min it was written at 1.90 MB\/s, and 5\.00 MB\/s is the least that was asked for$/,
    );
    expect(bench.clock.nowMs()).toBeLessThanOrEqual(62_000); // when what was under way had come back
  });

  test("is erased where nobody has asked for a rate, or for a lower one", async () => {
    expect(await erased(benchOf({ ms: slow }), {})).toMatch(/^erased: /);
    expect(await erased(benchOf({ ms: slow }), { minBytesPerSecond: 1_000_000 })).toMatch(/^erased: /);
  });

  test("only for a while is erased: what counts is the average of a minute", async () => {
    const ms = (_: string, offset: number) =>
      offset >= 50 * blockBytes && offset < 70 * blockBytes ? 3_000 : 100;
    expect(await erased(benchOf({ ms }), { minBytesPerSecond: 2_000_000 })).toMatch(/^erased: /);
    expect(await erased(benchOf({ ms: () => 3_000 }), { minBytesPerSecond: 2_000_000 })).toMatch(/^failed: /);
  });

  test("to read back is given up then, and not for what samples take", async () => {
    const ms = (operation: string) => (operation === "read" ? 2_000 : 10);
    const work = { minBytesPerSecond: 5_000_000 };
    expect(await erased(benchOf({ ms }), work)).toMatch(/over 1 min it was read back at 1\.\d\d MB\/s/);
    expect(await erased(benchOf({ ms }), { ...work, reading: "sampled" })).toMatch(/^erased: /);
  });

  test("because it was paused is none", async () => {
    const bench = benchOf({
      ms: () => 100,
      onEvent: (type, { clock, gate }) => {
        if (type === "paused") void clock.wait(3_600_000).then(() => gate.resume());
      },
    });
    let writes = 0;
    bench.disk.faults.before = (operation) =>
      void (operation === "write" && ++writes % 100 === 0 && bench.gate.pause());
    expect(await erased(bench, { minBytesPerSecond: 20_000_000 })).toMatch(/^erased: /);
    expect(bench.words.filter((word) => word === "paused").length).toBeGreaterThan(2);
  });

  test("is given up also when its job goes on after an interruption", async () => {
    const bench = benchOf({ ms: slow });
    const plan = await bench.plan({ minBytesPerSecond: 5_000_000 });
    const first = bench.begin(plan);
    bench.disk.faults.before = () => void (bench.clock.nowMs() >= 20_000 && bench.stopping.abort());
    await bench.clock.run(first);
    bench.stopping = new AbortController();
    bench.disk.faults.before = () => {};
    const { outcome, message } = await bench.erase(plan, bench.checkpoint);
    expect([outcome, message]).toEqual(["failed", expect.stringContaining("Gave up: over 1 min")]);
  });

  test("while its bad sectors are told from the good ones is none", async () => {
    const bench = benchOf({ ms: (_, offset) => (offset === 7 * blockBytes ? 20_000 : 10) });
    bench.disk.spoil({ offset: 7 * blockBytes, lengthBytes: 64 * 512, on: "write" });
    expect(await erased(bench, { minBytesPerSecond: 50_000_000 })).toMatch(/^erased-with-errors: /);
  });
});

describe("a disk that is too hot", () => {
  const work = { maxTemperatureC: 60 };

  test("is given up within ten seconds, with the figures", async () => {
    const bench = benchOf({ ms: slow, sensor: (nowMs) => (nowMs < 25_000 ? "60400" : "61000") });
    expect(await erased(bench, work)).toBe(
      "failed: Gave up: it is 61 °C warm, and 60 °C is the most that was asked for",
    );
    expect(bench.clock.nowMs()).toBeLessThanOrEqual(35_000);
  });

  test("is erased where nobody has asked", async () => {
    expect(await erased(benchOf({ ms: fast, sensor: () => "90000" }), {})).toMatch(/^erased: /);
  });

  test("of which the sensor does not answer any more is erased: nobody knows that it is hot", async () => {
    const bench = benchOf({ ms: slow, sensor: (nowMs) => (nowMs < 25_000 ? "40000" : null) });
    expect(await erased(bench, work)).toMatch(/^erased: /);
  });

  test("cannot be planned for where nothing measures it", async () => {
    await expect(benchOf({ ms: fast }).plan(work)).rejects.toMatchObject({
      code: "ERASE_NOT_POSSIBLE",
      message:
        "Cannot erase /dev/sdb with a limit of 60 °C: nothing measures its temperature (the kernel module drivetemp does)",
    });
  });
});

test("a plan says when the disk is given up, and nothing of it where nobody has asked", async () => {
  const bench = benchOf({ ms: fast, sensor: () => "30000" });
  expect((await bench.plan({ minBytesPerSecond: 1, maxTemperatureC: 50 })).giveUp).toEqual({
    minBytesPerSecond: 1,
    averagedMs: 60_000,
    maxTemperatureC: 50,
  });
  expect(await bench.plan()).not.toHaveProperty("giveUp");
});
