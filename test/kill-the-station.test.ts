/** The station is killed in mid-erase, on a real loop device; then it starts again. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LoopWorkshop, whyNoLoops } from "../packages/disks/src/testing/loop-device.ts";
import { endOf, jsonLines, Workplace, type Ended } from "./steps/station-process.ts";

const GiB = 1024 ** 3;
const noLoops = whyNoLoops();

/** What a watcher in another process hears, from before the kill to after the restart. */
class Watcher {
  readonly heard: { type: string; job: string }[] = [];
  readonly #waiting = new Set<() => void>();
  readonly process: ChildProcess;
  progressed = false;

  constructor(place: Workplace) {
    this.process = place.spawnTrofie(["watch", "--json"]);
    void this.#listen();
  }

  /** Resolves when `isThere` has become true of what was heard. */
  async until(isThere: (watcher: Watcher) => boolean): Promise<void> {
    while (!isThere(this)) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  has(type: string, job: string): boolean {
    return this.heard.some((event) => event.type === type && event.job === job);
  }

  async #listen(): Promise<void> {
    for await (const line of jsonLines(this.process)) {
      if ("event" in line) this.heard.push(line.event as { type: string; job: string });
      if ("progress" in line) this.progressed = true;
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
    }
  }
}

function childOf(station: ChildProcess): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const child = pids.find((pid) => parentOf(pid) === station.pid);
  return Number(child);
}

/** -1 for a process that is gone, or dead and only not yet waited for by its new parent. */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? -1 : Number(parent);
  } catch {
    return -1;
  }
}

const isAlive = (pid: number): boolean => parentOf(String(pid)) !== -1;

describe.skipIf(noLoops)(`a station killed in mid-erase${noLoops ? ` (skipped: ${noLoops})` : ""}`, () => {
  let loops: LoopWorkshop;
  let place: Workplace;
  let device: string;
  let name: string;

  beforeAll(() => {
    loops = new LoopWorkshop();
    device = loops.attach(loops.makeSparseFile(4 * GiB), "--direct-io=on");
    name = device.slice("/dev/".length);
    place = new Workplace();
  });

  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    loops.removeAll();
  });

  async function startErase(): Promise<string> {
    const { stdout } = await place.trofie("erase", device, "--method", "zero", "--confirm", name, "--json");
    return (JSON.parse(stdout.trim().split("\n").at(-1)!) as { job: string }).job;
  }

  async function stateOf(job: string): Promise<string> {
    const { stdout } = await place.trofie("jobs", "--json");
    const { jobs } = JSON.parse(stdout) as { jobs: { id: string; state: string }[] };
    return jobs.find(({ id }) => id === job)!.state;
  }

  async function startJobAndWatch(): Promise<{
    station: ChildProcess;
    watcher: Watcher;
    job: string;
    child: number;
  }> {
    const { station } = await place.start();
    const watcher = new Watcher(place);
    const job = await startErase();
    await watcher.until(({ progressed }) => progressed);
    return { station, watcher, job, child: childOf(station) };
  }

  async function end(station: ChildProcess, watcher?: Watcher): Promise<void> {
    watcher?.process.kill();
    station.kill();
    await once(station, "exit");
  }

  async function kill(station: ChildProcess): Promise<void> {
    station.kill("SIGKILL");
    await once(station, "exit");
  }

  test("comes back with the job interrupted, its process dead, and the watcher hears of it by itself", async () => {
    const { station, watcher, job, child } = await startJobAndWatch();
    expect(isAlive(child)).toBe(true);
    await kill(station);
    const again = await place.start();
    await watcher.until(() => watcher.has("job.interrupted", job));
    expect(isAlive(child)).toBe(false);
    expect(await stateOf(job)).toBe("interrupted");
    expect(watcher.heard.filter(({ type }) => type === "job.ended")).toEqual([]);
    await end(again.station, watcher);
  });

  test("lets nobody near the device while the old process lives, and goes on when it is dead", async () => {
    const { station, watcher, job, child } = await startJobAndWatch();
    process.kill(child, "SIGSTOP"); // as good as stuck in the kernel: it neither works nor ends
    await kill(station);
    const again = await place.start();
    await watcher.until(() => watcher.has("job.hung", job));
    const next = await startErase();
    expect([await stateOf(job), await stateOf(next)]).toEqual(["hung", "queued"]);
    expect(isAlive(child)).toBe(true);
    process.kill(child, "SIGCONT");
    await watcher.until(() => watcher.has("job.interrupted", job) && watcher.has("job.started", next));
    expect(isAlive(child)).toBe(false);
    await place.trofie("stop", next);
    await watcher.until(() => watcher.has("job.ended", next));
    expect([await stateOf(job), await stateOf(next)]).toEqual(["interrupted", "stopped"]);
    await end(again.station, watcher);
  });

  test("remembers that a job was told to stop, though its process hung through the restart", async () => {
    const { station, watcher, job, child } = await startJobAndWatch();
    process.kill(child, "SIGSTOP");
    expect((await place.trofie("stop", job)).stdout).toContain("stopping");
    await kill(station);
    const again = await place.start();
    await watcher.until(() => watcher.has("job.hung", job));
    expect(await place.trofie("stop", job)).toMatchObject({ code: 0 });
    process.kill(child, "SIGCONT");
    await watcher.until(() => watcher.has("job.ended", job));
    expect(await stateOf(job)).toBe("stopped");
    await end(again.station, watcher);
  });

  test("tells whoever waits for the job that it was interrupted, and lets them go", async () => {
    const { station } = await place.start();
    const args = ["erase", device, "--method", "zero", "--confirm", name, "--wait"];
    const waiting = place.spawnTrofie(args);
    const ended: Promise<Ended> = endOf(waiting);
    while (!String(await once(waiting.stdout!, "data")).includes("Writing"));
    await kill(station);
    const again = await place.start();
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/Connected again; nothing was missed\.\n(.+: hung.+\n)?.+: interrupted\. Its/);
    expect(code).toBe(7);
    await end(again.station);
  });

  test("tells a script so too, and first that its job waits for another one", async () => {
    const { station, watcher, job } = await startJobAndWatch();
    const args = ["erase", device, "--method", "zero", "--confirm", name, "--wait", "--json"];
    const waiting = place.spawnTrofie(args);
    const lines: Record<string, unknown>[] = [];
    const ended = once(waiting, "exit");
    for await (const line of jsonLines(waiting)) {
      if (!("progress" in line) && line.state !== "hung") lines.push(line); // its old process may take a moment to end
      if ("queuedBehind" in line) void place.trofie("stop", job);
      if (line.state === "running") await kill(station).then(() => place.start());
    }
    const [code] = (await ended) as [number];
    expect(code).toBe(7);
    const { job: own } = lines[1] as { job: string };
    expect(lines.slice(2)).toEqual([
      { queuedBehind: job },
      { state: "queued" },
      { state: "running" },
      { state: "interrupted" },
    ]);
    await watcher.until(() => watcher.has("job.interrupted", own));
  });
});
