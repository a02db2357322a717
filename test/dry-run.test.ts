/** Plans that are only shown, and the one that was shown started later, or not at all. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Workplace } from "./steps/station-process.ts";

const MiB = 2 ** 20;
let place: Workplace;
let path: string;

beforeAll(async () => {
  place = new Workplace();
  writeFileSync(join(place.images, "a.img"), Buffer.alloc(MiB, 0xa1));
  await place.start();
});
afterAll(() => place[Symbol.asyncDispose]());
beforeEach(() => {
  path = place.practiceDisk("disk", MiB);
});

const works: readonly [string, string[], number][] = [
  ["an erase", ["erase", "disk", "--method", "zero"], 0],
  ["writing an image", ["image", "write", "a.img", "disk"], 0xa1],
];

const jobs = async (): Promise<unknown[]> =>
  (JSON.parse((await place.trofie("jobs", "--json")).stdout) as { jobs: unknown[] }).jobs;
const isAll = (byte: number): boolean => readFileSync(path).every((each) => each === byte);

test.each(works)("%s is shown with its hash, and nothing is started", async (_, args) => {
  const { length } = await jobs();
  const { code, stdout } = await place.trofie(...args, "--dry-run");
  expect(code).toBe(0);
  expect(stdout).toContain(path);
  expect(stdout).toMatch(/Nothing was started\. .*\n {2}--plan [0-9a-f]{64} --confirm disk\n$/);
  const json = await place.trofie(...args, "--dry-run", "--json");
  expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
    0,
    { plan: { path }, hash: /--plan (\w+)/.exec(stdout)![1] },
  ]);
  expect(await jobs()).toHaveLength(length);
  expect(isAll(0xbe)).toBe(true);
});

test.each(works)("%s is started as it was shown", async (_, args, byte) => {
  const { stdout } = await place.trofie(...args, "--dry-run");
  const [, plan, confirm] = /--plan (\w+) --confirm (\w+)/.exec(stdout)!;
  const { code } = await place.trofie(...args, "--plan", plan!, "--confirm", confirm!, "--wait");
  expect([code, isAll(byte)]).toEqual([0, true]);
});

test.each(works)("%s is refused when its plan has changed since", async (_, args) => {
  const { hash } = JSON.parse((await place.trofie(...args, "--dry-run", "--json")).stdout) as {
    hash: string;
  };
  path = place.practiceDisk("disk", 2 * MiB);
  const { length } = await jobs();
  const { code, stderr } = await place.trofie(...args, "--plan", hash, "--confirm", "disk", "--json");
  expect([code, JSON.parse(stderr)]).toMatchObject([4, { error: { code: "PLAN_CHANGED" } }]);
  const asked = await place.trofie(...args, "--plan", hash);
  expect([asked.code, asked.stderr]).toEqual([
    4,
    expect.stringMatching(new RegExp(`^Cannot .*: its plan is \\w{64} now, not ${hash}\n$`)),
  ]);
  expect(await jobs()).toHaveLength(length);
  expect(isAll(0xbe)).toBe(true);
});

test("what is no hash is told so", async () => {
  const { code, stderr } = await place.trofie("erase", "disk", "--method", "zero", "--plan", "abc");
  expect([code, stderr]).toEqual([2, expect.stringContaining("64 digits of hex")]);
});
