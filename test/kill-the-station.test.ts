/** The station is killed in mid-erase, on a real loop device; then it starts again, and the erase goes on. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LoopWorkshop, whyNoLoops } from "../packages/disks/src/testing/loop-device.ts";
import { eraseFindings } from "./steps/erase-findings.ts";
import { endOf, jsonLines, Workplace, type Ended } from "./steps/station-process.ts";

const MiB = 1024 ** 2;
const sizeBytes = 3_072 * MiB;
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
    return this.times(type, job) > 0;
  }

  times(type: string, job: string): number {
    return this.heard.filter((event) => event.type === type && event.job === job).length;
  }

  async #listen(): Promise<void> {
    for await (const line of jsonLines(this.process)) {
      if ("event" in line) this.heard.push(line.event as { type: string; job: string });
      if ("progress" in line && (line.progress as { bytesDone: number }).bytesDone > 0)
        this.progressed = true;
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
  let file: string;
  let device: string;
  let name: string;

  beforeAll(() => {
    loops = new LoopWorkshop();
    file = loops.makeSparseFile(sizeBytes);
    device = loops.attach(file, "--direct-io=on");
    name = device.slice("/dev/".length);
  });

  /** Slow at first, so that the erase lasts until the station is killed. */
  beforeEach(() => {
    place = new Workplace();
    loops.limitWriting(device, 150e6);
  });

  /** Job processes that were stopped in mid-work. */
  const frozen: number[] = [];

  afterEach(async () => {
    for (const pid of frozen.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGCONT");
    await place[Symbol.asyncDispose]();
  });

  afterAll(() => loops.removeAll());

  const erase = (method = "zero"): string[] => {
    const quickly = method === "random" ? [] : ["--read", "quick"];
    return ["erase", device, "--method", method, "--confirm", name, ...quickly];
  };
  const startErase = (method?: string): Promise<string> => place.startWork(...erase(method));
  const stateOf = async (job: string): Promise<string> => (await place.job(job)).state;

  async function startJobAndWatch(method?: string): Promise<{
    station: ChildProcess;
    watcher: Watcher;
    job: string;
    child: number;
  }> {
    const { station } = await place.start();
    const watcher = new Watcher(place);
    const job = await startErase(method);
    await watcher.until(({ progressed }) => progressed);
    return { station, watcher, job, child: childOf(station) };
  }

  /** Whatever a paused job has written is durable, and it goes on from there whenever it is cut off afterwards. */
  async function pauseAndResume(watcher: Watcher, job: string): Promise<void> {
    await place.trofie("pause", job);
    await watcher.until(() => watcher.has("job.paused", job));
    await place.trofie("resume", job);
    await watcher.until(() => watcher.has("job.resumed", job));
  }

  /** As good as stuck in the kernel: it neither works nor ends. */
  function freeze(pid: number): void {
    frozen.push(pid);
    process.kill(pid, "SIGSTOP");
  }

  async function kill(station: ChildProcess): Promise<void> {
    station.kill("SIGKILL");
    await once(station, "exit");
    loops.limitWriting(device, 0);
  }

  test.each(["zero", "random"])(
    "goes on with %s by itself when it is back, erases the disk, and says where it went on",
    async (method) => {
      const { station, watcher, job, child } = await startJobAndWatch(method);
      await pauseAndResume(watcher, job);
      expect(isAlive(child)).toBe(true);
      await kill(station);
      await place.start();
      await watcher.until(() => watcher.times("job.resumed", job) === 2);
      expect(isAlive(child)).toBe(false);
      await watcher.until(() => watcher.has("job.ended", job));
      const ended = await place.job(job);
      expect(ended.state).toBe("erased");
      const { resumptions, faultyBytes, passes } = eraseFindings(ended);
      expect(resumptions).toMatchObject([{ pass: 0, proven: true }]);
      expect(resumptions[0]!.offset).toBeGreaterThan(0);
      expect(faultyBytes).toBe(0);
      expect(passes).toMatchObject([{ bytesWritten: sizeBytes, verification: { mismatchedBytes: 0 } }]);
      expect((await place.trofie("job", job)).stdout).toContain("Went on after it was cut off:\n  in pass 1");
    },
  );

  test("goes on as often as it is killed", async () => {
    const { station, watcher, job } = await startJobAndWatch("random");
    let killed = station;
    for (let times = 1; times <= 3; times += 1) {
      await kill(killed);
      if (times < 3) loops.limitWriting(device, 150e6);
      watcher.progressed = false;
      ({ station: killed } = await place.start());
      await watcher.until(({ progressed }) => progressed);
    }
    await watcher.until(() => watcher.has("job.ended", job));
    const ended = await place.job(job);
    expect(ended.state).toBe("erased");
    expect(eraseFindings(ended).resumptions.length).toBeGreaterThan(0); // one that is killed at once is not told
  });

  test("lets nobody near the device while the old process lives, and goes on when it is dead", async () => {
    const { station, watcher, job, child } = await startJobAndWatch();
    freeze(child);
    await kill(station);
    await place.start();
    await watcher.until(() => watcher.has("job.hung", job));
    expect(await stateOf(job)).toBe("hung");
    const next = await startErase();
    expect(await stateOf(next)).toBe("queued");
    expect(watcher.heard.filter(({ type }) => type === "job.started")).toHaveLength(1);
    expect(isAlive(child)).toBe(true);
    process.kill(child, "SIGCONT");
    await watcher.until(() => watcher.has("job.resumed", job));
    expect(isAlive(child)).toBe(false);
    await watcher.until(() => watcher.has("job.ended", next));
    expect([await stateOf(job), await stateOf(next)]).toEqual(["erased", "erased"]);
  });

  test("remembers that a job was told to stop, though its process hung through the restart", async () => {
    const { station, watcher, job, child } = await startJobAndWatch();
    freeze(child);
    expect((await place.trofie("stop", job)).stdout).toContain("stopping");
    await kill(station);
    await place.start();
    await watcher.until(() => watcher.has("job.hung", job));
    expect(await place.trofie("stop", job)).toMatchObject({ code: 0 });
    process.kill(child, "SIGCONT");
    await watcher.until(() => watcher.has("job.ended", job));
    expect(await stateOf(job)).toBe("stopped");
  });

  test("leaves a job that was paused to rest, until it is told to go on", async () => {
    const { station, watcher, job } = await startJobAndWatch();
    await place.trofie("pause", job);
    await watcher.until(() => watcher.has("job.paused", job));
    await kill(station);
    await place.start();
    await watcher.until(() => watcher.has("job.interrupted", job));
    expect(await stateOf(job)).toBe("interrupted");
    expect(watcher.has("job.resumed", job)).toBe(false);
    expect(await place.trofie("resume", job)).toMatchObject({ code: 0 });
    await watcher.until(() => watcher.has("job.ended", job));
    expect(await stateOf(job)).toBe("erased");
  });

  test("tells whoever waits for the job that it was cut off, that it goes on, and how it ends", async () => {
    const { station } = await place.start();
    const waiting = place.spawnTrofie([...erase(), "--wait"]);
    const ended: Promise<Ended> = endOf(waiting);
    while (!String(await once(waiting.stdout!, "data")).includes("Writing"));
    await kill(station);
    await place.start();
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/Connected again; nothing was missed\.\n/);
    expect(stdout).toMatch(/: erased\. /);
    expect(stdout).toContain("went on once after it was cut off");
    expect(code).toBe(0);
  });

  test("tells them that it rests when its disk is gone; it goes on once the disk is back", async () => {
    const { station } = await place.start();
    const waiting = place.spawnTrofie([...erase("one"), "--wait", "--json"]);
    const exited = once(waiting, "exit");
    const states: string[] = [];
    let job = "";
    for await (const line of jsonLines(waiting)) {
      if (typeof line.job === "string") ({ job } = line as { job: string });
      if (typeof line.state === "string") states.push(line.state);
      if (!("progress" in line) || states.at(-1) !== "running" || !isAlive(station.pid!)) continue;
      const child = childOf(station);
      await kill(station);
      await expect.poll(() => isAlive(child)).toBe(false);
      loops.detach(device);
      await place.start();
    }
    expect(states.at(-1)).toBe("interrupted");
    expect(await exited).toEqual([7, null]);
    expect((await place.job(job)).why).toContain("its disk is not there");
    const refused = await place.trofie("resume", job, "--json");
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "JOB_CANNOT_RESUME" } });

    device = loops.attach(file, "--direct-io=on");
    name = device.slice("/dev/".length);
    await expect.poll(() => stateOf(job), { timeout: 60_000 }).toBe("erased");
  });
});
