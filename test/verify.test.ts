/** A disk is read again, and compared: with bytes, or with what an earlier job has left there. */
import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import type { EraseFindings, Job } from "@trofie/contract";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Workplace } from "./steps/station-process.ts";

const MiB = 1024 * 1024;

let place: Workplace;
let disk: string;

beforeAll(async () => {
  place = new Workplace();
  await place.start();
});

beforeEach(() => {
  disk = place.practiceDisk("disk", 8 * MiB);
});

afterAll(() => place[Symbol.asyncDispose]());

function writeAt(offset: number, text: string): void {
  const file = openSync(disk, "r+");
  writeSync(file, text, offset);
  closeSync(file);
}

const verify = (...args: string[]): Promise<Job> => place.doWork("verify", "disk", ...args);

test("what a random pass has left is known again, to the byte, and a byte that has changed is found", async () => {
  const { id } = await place.doWork("erase", "disk", "--method", "random", "--confirm", "disk");
  expect(await verify("--job", id)).toMatchObject({ state: "done" });
  writeAt(5 * MiB + 7, "changed");
  const { code, stdout } = await place.trofie("verify", "disk", "--job", id, "--wait");
  expect(code).toBe(1);
  expect(stdout).toMatch(/disk: failed\. /);
  expect(stdout).toMatch(/8\.39 MB read back, \d+ bytes differ/);
  expect(stdout).toMatch(/1 faulty range/);
  const found = await verify("--job", id);
  expect(found).toMatchObject({ state: "failed", report: { findings: { faulty: [{ fault: "mismatch" }] } } });
  const { stdout: report } = await place.trofie("job", found.id);
  expect(report).toMatch(/key +[\da-f]{64}/);
  expect(report).toMatch(/Faulty:\n {2}[\d,]+ bytes at [\d,]+ differ from what belongs there/);
});

test("what was drawn by chance follows from the seed that the report tells", async () => {
  const { report } = await place.doWork("erase", "disk", "--method", "random", "--confirm", "disk");
  const { seedHex, passes } = report!.findings as EraseFindings;
  const key = createHash("sha256").update(Buffer.from(seedHex!, "hex")).update("key of pass 1").digest("hex");
  expect(passes).toMatchObject([{ fill: { keyHex: key } }]);
});

test("a disk is compared with bytes that are repeated over it, written as people write them", async () => {
  expect(await verify("--expect", "be")).toMatchObject({ state: "done" });
  expect(await verify("--expect", "BE BE BE")).toMatchObject({ state: "done" });
  expect(await verify("--expect", "00")).toMatchObject({ state: "failed" });
  await place.doWork("erase", "disk", "--method", "vsitr", "--confirm", "disk");
  expect(await verify("--expect", "aa")).toMatchObject({ state: "done" });
});

test("nothing on the disk is changed by it", async () => {
  await verify("--expect", "00");
  expect(await verify("--expect", "be")).toMatchObject({ state: "done" });
});

test("a sampled verification of a disk that is not small reads a part of it, and says so", async () => {
  place.practiceDisk("large", 128 * MiB);
  const found = await place.doWork("verify", "large", "--expect", "be", "--read", "sampled");
  expect(found).toMatchObject({ state: "done", report: { findings: { verification: { kind: "sampled" } } } });
  const { stdout } = await place.trofie("job", found.id);
  expect(stdout).toContain("read back, sampled, none differs");
  expect(stdout).toMatch(/Seed of all that was drawn by chance:\n {2}[\da-f]{64}/);
});

test("a job that has left nothing to compare with is refused", async () => {
  const checked = await verify("--expect", "be");
  const refused = await place.trofie("verify", "disk", "--job", checked.id, "--json");
  expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "JOB_LEFT_NOTHING" } });
  expect(refused.code).toBe(4);
  const unknown = await place.trofie("verify", "disk", "--job", "j_none", "--json");
  expect(JSON.parse(unknown.stderr)).toMatchObject({ error: { code: "JOB_NOT_FOUND" } });
});

test("what another disk's job has left is not looked for on this one", async () => {
  place.practiceDisk("other", MiB);
  const { id } = await place.doWork("erase", "other", "--method", "zero", "--confirm", "other");
  const { code, stderr } = await place.trofie("verify", "disk", "--job", id, "--wait", "--json");
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "JOB_LEFT_NOTHING" } });
  expect(code).toBe(4);
});

test.each([
  [["verify", "disk"], /required option '--expect <hex>' or '--job <job>'/],
  [["verify", "disk", "--expect", "0"], /Write 1 to 256 bytes in hex/],
  [["verify", "disk", "--expect", "00", "--job", "j_1"], /cannot be used with/],
  [["verify", "disk", "--expect", "00", "--read", "some"], /Allowed choices are full, sampled, quick/],
])("trofie %j is refused on the command line", async (args, sentence) => {
  const { code, stderr } = await place.trofie(...args);
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
});
