/** The disk of the state folder is full: nothing is lost, and everybody is told. */
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../packages/disks/src/testing/loop-device.ts";
import type { Job } from "@trofie/contract";
import { endOf, jsonLines, Workplace, type Ended } from "./steps/station-process.ts";

const MiB = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)(`a full state disk${isRoot ? "" : " (skipped: needs root)"}`, () => {
  let place: Workplace;
  let station: ChildProcess;
  let log = "";

  beforeAll(async () => {
    place = new Workplace();
    mkdirSync(place.state);
    run("mount", "-t", "tmpfs", "-o", "size=600k,mode=700", "tmpfs", place.state);
    ({ station } = await place.start());
    station.stderr!.on("data", (data: Buffer) => (log += data.toString()));
  });

  afterAll(async () => {
    station.kill();
    await once(station, "exit");
    run("umount", place.state);
    await place[Symbol.asyncDispose]();
  });

  const ballast = (): string => join(place.state, "ballast");

  /** Takes what is left, down to the last byte. */
  function fill(): void {
    for (const bytes of [100_000, 10_000, 1_000, 100, 1])
      try {
        for (;;) writeFileSync(ballast(), Buffer.alloc(bytes), { flag: "a" });
      } catch {
        // No room for that many: fewer.
      }
  }

  const erase = (name: string, ...more: string[]): ChildProcess =>
    place.spawnTrofie(["erase", name, "--method", "zero", "--confirm", name, ...more]);

  const waiting = "Waiting: Cannot write the journal now: the disk of the state folder is full\n";

  /** Resolves with false when the program ends without having said so. */
  async function saysThatItWaits(child: ChildProcess): Promise<boolean> {
    let heard = "";
    const ended = once(child, "exit").then(() => null);
    while (!heard.includes(waiting)) {
      const data = await Promise.race([once(child.stderr!, "data"), ended]);
      if (data === null) return false;
      heard += String(data);
    }
    return true;
  }

  /** In its own files the journal may still have room for some commands: gives the first one that finds none. */
  async function firstThatWaits(): Promise<{ ended: Promise<Ended> }> {
    for (let i = 1; i < 100; i += 1) {
      place.practiceDisk(`disk-${i}`, MiB);
      const erasing = erase(`disk-${i}`);
      const ended = endOf(erasing);
      if (await saysThatItWaits(erasing)) return { ended };
      expect((await ended).code).toBe(0);
    }
    throw new Error("the disk has never been full");
  }

  test("makes a command wait, which says why, and is carried out when there is room", async () => {
    fill();
    const { ended } = await firstThatWaits();
    rmSync(ballast());
    const { code, stderr } = await ended;
    expect(stderr.match(/Waiting/g)).toHaveLength(1);
    expect(code).toBe(0);
    expect(log.match(/the disk of the state folder is full/g)).toHaveLength(1);
    const states = async (): Promise<string[]> => {
      const { stdout } = await place.trofie("jobs", "--json");
      return (JSON.parse(stdout) as { jobs: Job[] }).jobs.map(({ state }) => state);
    };
    await expect.poll(async () => new Set(await states()), { timeout: 30_000 }).toEqual(new Set(["erased"]));
  });

  test("keeps a job's result until it can be recorded", async () => {
    place.practiceDisk("two", 256 * MiB);
    const erasing = erase("two", "--wait", "--json");
    let result: unknown;
    for await (const line of jsonLines(erasing)) {
      if (line.state === "running") fill();
      const { bytesDone, bytesTotal } = (line.progress ?? {}) as { bytesDone?: number; bytesTotal?: number };
      if (bytesDone !== undefined && bytesDone === bytesTotal) rmSync(ballast(), { force: true });
      if ("result" in line) ({ result } = line);
    }
    expect(result).toMatchObject({ state: "erased" });
  });
});
