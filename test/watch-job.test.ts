/** How far a job is, asked by somebody else than who has started it. */
import { once } from "node:events";
import type { Job } from "@trofie/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines, Workplace } from "./steps/station-process.ts";

const MiB = 2 ** 20;
const GiB = 1024 * MiB;
let place: Workplace;

beforeAll(async () => {
  place = new Workplace();
  await place.start();
});
afterAll(() => place[Symbol.asyncDispose]());

/** Many passes, so that it is not done in the moments that a test needs. */
const start = (name: string): Promise<string> => {
  place.sparseDisk(name, GiB);
  return place.startWork("erase", name, "--method", "zero", "--rounds", "40", "--confirm", name);
};
const tell = (verb: string, job: string) => place.trofie(verb, job);

async function untilState(id: string, state: Job["state"]): Promise<void> {
  while ((await place.job(id)).state !== state);
}

test("a job that another terminal has started is followed to its end, with the exit code of --wait", async () => {
  const id = await start("followed");
  const watching = place.spawnTrofie(["watch", id, "--json"]);
  const lines: Record<string, unknown>[] = [];
  for await (const line of jsonLines(watching)) {
    lines.push(line);
    if ("progress" in line && !lines.some((each) => each["state"] === "stopping")) void tell("stop", id);
  }
  expect(lines[0]).toEqual({ job: id });
  expect(lines.find((line) => "progress" in line)).toMatchObject({ progress: { job: id, stepCount: 41 } });
  expect(lines.at(-1)).toMatchObject({ result: { id, state: "stopped" } });
  if (watching.exitCode === null) await once(watching, "exit");
  expect(watching.exitCode).toBe(5);
});

test("a job that is at work says how far it is, and one that is paused no rate and no time left", async () => {
  const id = await start("asked");
  await untilState(id, "running");
  expect((await place.trofie("job", id)).stdout).toMatch(
    /\n {2}now +Writing 00, step \d+ of 41 {2}\d+ %.* {2}[\d.]+ [kMG]B of 44\.0 GB\n/,
  );
  await tell("pause", id);
  await untilState(id, "paused");
  const shown = JSON.parse((await place.trofie("job", id, "--json")).stdout) as object;
  expect(shown).toMatchObject({
    job: { id, state: "paused" },
    progress: { job: id, bytesTotal: 41 * GiB },
  });
  const watching = place.spawnTrofie(["watch", id]);
  let told = "";
  while (!told.includes("Writing") || !told.includes("asked: paused"))
    told += String(await once(watching.stdout!, "data"));
  watching.kill();
  expect(told.match(/asked: paused/g)).toHaveLength(1);
  const { stdout } = await place.trofie("job", id);
  expect(stdout).toMatch(/\n {2}now +Writing 00, step \d+ of 41 {2}\d+ % {2}[\d.]+ [kMG]B of 44\.0 GB\n/);
  expect((await place.trofie("jobs")).stdout).toMatch(new RegExp(`^paused \\d+ % .*${id}`, "m"));
  await tell("stop", id);
  await untilState(id, "stopped");
  expect((await place.trofie("job", id)).stdout).not.toContain("now ");
});

test("a job that has ended is told as at its end", async () => {
  const path = place.practiceDisk("ended", MiB);
  const { id } = await place.doWork("erase", path, "--method", "zero", "--confirm", "ended");
  const { code, stdout } = await place.trofie("watch", id);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^.*ended: erased\. Every addressable byte/)]);
});

test("a job that there is not is said to be none", async () => {
  const { code, stderr } = await place.trofie("watch", "j_none", "--json");
  expect([code, JSON.parse(stderr)]).toMatchObject([4, { error: { code: "JOB_NOT_FOUND" } }]);
});
