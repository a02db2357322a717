/** A job is paused, resumed and stopped from the terminal, and tells so to whoever waits for it. */
import { once } from "node:events";
import type { Job } from "@trofie/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endOf, jsonLines, Workplace } from "./steps/station-process.ts";

const GiB = 1024 ** 3;

let place: Workplace;

beforeAll(async () => {
  place = new Workplace();
  place.sparseDisk("big", 2 * GiB);
  place.practiceDisk("small", 1024 * 1024);
  await place.start();
});

afterAll(() => place[Symbol.asyncDispose]());

/** Many passes, so that there is time to tell it something. */
const eraseBig = ["erase", "big", "--method", "vsitr", "--read", "quick", "--confirm", "big"];

async function until(job: string, state: string): Promise<void> {
  await expect.poll(async () => (await place.job(job)).state, { timeout: 60_000 }).toBe(state);
}

test("a paused job writes nothing more until it is resumed, and is then erased", async () => {
  const waiting = place.spawnTrofie([...eraseBig, "--wait", "--json"]);
  const states: string[] = [];
  const doneBytes: number[] = [];
  let job = "";
  let result: unknown;
  for await (const line of jsonLines(waiting)) {
    if (typeof line.job === "string") ({ job } = line as { job: string });
    if (typeof line.state === "string") states.push(line.state);
    if (line.state === "running" && !states.includes("paused")) void place.trofie("pause", job);
    const progress = line.progress as { bytesDone: number } | undefined;
    if (states.at(-1) === "paused" && progress) doneBytes.push(progress.bytesDone);
    if (states.at(-1) === "paused" && doneBytes.length === 5) void place.trofie("resume", job);
    if ("result" in line) ({ result } = line);
  }
  expect(new Set(doneBytes.slice(1, 5)).size).toBe(1);
  expect(states.filter((state) => state === "paused")).toHaveLength(1);
  expect(states.slice(states.indexOf("paused"))).toContain("running");
  expect(result).toMatchObject({ state: "erased" });
});

test("whoever waits in a terminal is told of the pause and of its end", async () => {
  const waiting = place.spawnTrofie([...eraseBig, "--wait"]);
  const ended = endOf(waiting);
  while (!String(await once(waiting.stdout!, "data")).includes("Writing"));
  const { jobs } = JSON.parse((await place.trofie("jobs", "--json")).stdout) as { jobs: Job[] };
  const { id } = jobs[0]!;
  const paused = await place.trofie("pause", id);
  expect(paused).toMatchObject({ code: 0, stderr: "" });
  expect(paused.stdout).toMatch(/trofie resume|It pauses when its last write has come back/);
  await until(id, "paused");
  expect((await place.trofie("resume", id)).code).toBe(0);
  const { code, stdout } = await ended;
  expect(stdout).toMatch(/big: paused \(.+\)\. It waits, and keeps the disk/);
  expect(stdout).toMatch(/big: (running|verifying) \(.+\)\n[^]*big: erased\. /);
  expect(code).toBe(0);
});

test("a paused job can be stopped, and keeps its disk until then", async () => {
  const job = await place.startWork(...eraseBig);
  await until(job, "running");
  await place.trofie("pause", job);
  await until(job, "paused");
  const next = await place.startWork(...eraseBig);
  expect((await place.job(next)).state).toBe("queued");
  await place.trofie("stop", next);
  expect((await place.job(next)).state).toBe("stopped");
  await place.trofie("stop", job);
  await until(job, "stopped");
});

test("what cannot be paused or resumed is refused, and says why", async () => {
  const { id } = await place.doWork("erase", "small", "--method", "zero", "--confirm", "small");
  for (const verb of ["pause", "resume", "stop"]) {
    const { code, stderr } = await place.trofie(verb, id);
    expect([verb, code]).toEqual([verb, 4]);
    expect(stderr).toMatch(/^Cannot \w+ j_\S+: it has ended already, erased\n$/);
    const unknown = await place.trofie(verb, "j_none", "--json");
    expect(JSON.parse(unknown.stderr)).toMatchObject({ error: { code: "JOB_NOT_FOUND" } });
  }
  const running = await place.startWork(...eraseBig);
  await until(running, "running");
  const resumed = await place.trofie("resume", running, "--json");
  expect(JSON.parse(resumed.stderr)).toMatchObject({ error: { code: "JOB_CANNOT_RESUME" } });
  await place.trofie("stop", running);
});

test("a job behind a paused one is not said to go on by itself", async () => {
  const first = await place.startWork(...eraseBig);
  await until(first, "running");
  await place.trofie("pause", first);
  await until(first, "paused");
  const behind = ["verify", "big", "--expect", "00"];
  const { code, stdout } = await place.trofie(...behind);
  expect(code).toBe(0);
  expect(stdout).toContain(`It waits for its turn: job ${first} has ${place.practice}/big (paused)\n`);
  expect(stdout).toMatch(
    /^Job (j_\S+) begins only when that one has been resumed and has ended, or was stopped\.\nLet that one go on with: .*trofie resume j_\S+\nSee it with: .*trofie watch \1\n/m,
  );
  expect(stdout).not.toContain("goes on by itself");
  const json = (await place.trofie(...behind, "--json")).stdout.trim().split("\n");
  expect(json.map((line) => JSON.parse(line) as unknown)).toEqual([
    { job: expect.stringMatching(/^j_/) as string }, // the last line, as it always was
  ]);
  const { jobs } = JSON.parse((await place.trofie("jobs", "--json")).stdout) as { jobs: Job[] };
  for (const { id, state } of jobs)
    if (state === "queued" || state === "paused") await place.trofie("stop", id);
});
