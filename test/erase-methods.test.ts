/** Erasing by every kind of method, as the terminal asks for it; and what the report then lets anybody check. */
import { spawnSync } from "node:child_process";
import { openSync, readFileSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";
import { fillText, overwriteMethods, type Job } from "@trofie/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eraseFindings, overwritePasses } from "./steps/erase-findings.ts";
import { Workplace } from "./steps/station-process.ts";

const MiB = 1024 * 1024;

let place: Workplace;

beforeAll(async () => {
  place = new Workplace();
  await place.start();
});

afterAll(() => place[Symbol.asyncDispose]());

const erase = (name: string, ...args: string[]): Promise<Job> =>
  place.doWork("erase", name, "--confirm", name, ...args);

const isAll = (path: string, byte: number): boolean => readFileSync(path).every((found) => found === byte);

const fillsOf = (job: Job): string[] => overwritePasses(job).map(({ fill }) => fillText(fill));

function changeByte(path: string, offset: number): void {
  const byte = readFileSync(path)[offset]! ^ 0xff;
  const file = openSync(path, "r+");
  writeSync(file, Uint8Array.of(byte), 0, 1, offset);
  closeSync(file);
}

test.each(["aes-256-ctr", "chacha20"])(
  "a random pass by %s is checked with OpenSSL alone, by the command that the report gives",
  async (stream) => {
    const path = place.practiceDisk(`openssl-${stream}`, 5 * MiB + 4_096);
    const { id, state } = await erase(`openssl-${stream}`, "--method", "random", "--stream", stream);
    expect(state).toBe("erased");
    const { stdout } = await place.trofie("job", id);
    const command = /^ *(openssl .+)$/m.exec(stdout)![1]!;
    const isAsWritten = (): number | null => spawnSync("sh", ["-c", command]).status;
    expect(isAsWritten()).toBe(0);
    changeByte(path, 3 * MiB);
    expect(isAsWritten()).toBe(1);
  },
);

test("random passes differ from each other and from those of another job", async () => {
  place.practiceDisk("keys", MiB);
  const jobs = [await erase("keys", "--method", "pfitzner7"), await erase("keys", "--method", "pfitzner7")];
  const keys = jobs.flatMap(overwritePasses).map(({ fill }) => (fill.kind === "random" ? fill.keyHex : ""));
  expect(new Set(keys).size).toBe(14);
});

test("rounds are repeated, a blank pass comes last, and each pass is read back when all are", async () => {
  const path = place.practiceDisk("rounds", MiB);
  const args = ["--method", "ar380-19", "--rounds", "2", "--blank", "--verify", "all"];
  const job = await erase("rounds", ...args);
  const round = ["00", "ff", "random (chacha8)"];
  expect(fillsOf(job)).toEqual([...round, ...round, "00"]);
  for (const { verification } of overwritePasses(job))
    expect(verification).toMatchObject({ kind: "full", bytesRead: MiB, mismatchedBytes: 0 });
  expect(isAll(path, 0)).toBe(true);
});

test("a character is drawn anew for each round, and its complement is its complement", async () => {
  place.practiceDisk("characters", MiB);
  const job = await erase("characters", "--method", "itsg-06", "--rounds", "8");
  const bytes = overwritePasses(job).map(({ fill }) =>
    fill.kind === "pattern" ? parseInt(fill.hex, 16) : -1,
  );
  const rounds = Array.from({ length: 8 }, (_, i) => bytes.slice(3 * i, 3 * i + 3));
  for (const [character, complement] of rounds) expect(character! ^ complement!).toBe(0xff);
  expect(new Set(rounds.map(([character]) => character)).size).toBeGreaterThan(1);
});

test("Gutmann's patterns come in an order drawn for the job, each as often as the paper has it", async () => {
  place.practiceDisk("gutmann", MiB);
  const { stdout } = await place.trofie("erase", "gutmann", "--method", "gutmann", "--confirm", "no");
  expect(stdout).toMatch(/passes +4 × random, 27 in an order drawn for the job \(.+\), 4 × random\n/);
  const job = await erase("gutmann", "--method", "gutmann");
  const found = overwritePasses(job).map(({ fill }) => (fill.kind === "pattern" ? fill.hex : "random"));
  const { passes } = overwriteMethods.gutmann!;
  expect(found.toSorted()).toEqual([...passes].toSorted());
  expect(found.slice(0, 4)).toEqual(passes.slice(0, 4));
  expect(found).not.toEqual(passes);
});

test("a quick verification reads a hundredth, and says so", async () => {
  place.practiceDisk("quick", 64 * MiB);
  const job = await erase("quick", "--method", "zero", "--read", "quick");
  const [{ verification }] = overwritePasses(job) as [ReturnType<typeof overwritePasses>[0]];
  expect(verification).toMatchObject({ kind: "quick", mismatchedBytes: 0 });
  expect(verification!.bytesRead).toBeGreaterThanOrEqual((64 * MiB) / 100);
  expect(verification!.bytesRead).toBeLessThan((64 * MiB) / 4);
  expect((await place.trofie("job", job.id)).stdout).toContain("read back, quick, none differs");
});

describe("a method of one's own", () => {
  const fileOf = (text: string): string => {
    const path = join(place.folder, "method.json");
    writeFileSync(path, text);
    return path;
  };

  test("is carried out as its file says", async () => {
    const path = place.practiceDisk("own", MiB);
    const method = { title: "Beetroot", source: "my grandmother", passes: ["random", "a", "~a", "be e7"] };
    const job = await erase("own", "--method-file", fileOf(JSON.stringify(method)));
    expect(job).toMatchObject({ state: "erased", title: expect.stringContaining("Beetroot") as string });
    expect(fillsOf(job).at(-1)).toBe("be e7");
    expect(readFileSync(path).subarray(0, 4).toString("hex")).toBe("bee7bee7");
  });

  test.each([
    ["{", /it is not JSON/],
    [
      '{"title":"x","passes":["00","qq"]}',
      /pass 2: a pass is bytes in hex, random, a letter, or ~ and a letter/,
    ],
    ['{"passes":["00"]}', /title: /],
  ])("of the file %s is refused, with what is wrong with it", async (text, sentence) => {
    const path = place.practiceDisk("bad", MiB);
    const args = ["erase", "bad", "--method-file", fileOf(text), "--confirm", "bad"];
    const { code, stdout, stderr } = await place.trofie(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
    expect(isAll(path, 0xbe)).toBe(true);
    const inJson = await place.trofie(...args, "--json");
    expect(JSON.parse(inJson.stderr)).toEqual({
      error: { code: null, message: expect.stringMatching(sentence) as string },
    });
  });
});

test.each(["nist-purge", "ata-sanitize-block", "nvme-format", "scsi-sanitize-crypto"])(
  "%s is refused where the disk has no such command, and never overwritten instead",
  async (method) => {
    const path = place.practiceDisk("no-firmware", MiB);
    const args = ["erase", "no-firmware", "--method", method, "--confirm", "no-firmware", "--wait", "--json"];
    const { code, stderr } = await place.trofie(...args);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "ERASE_NOT_POSSIBLE" } });
    expect(code).toBe(4);
    expect(isAll(path, 0xbe)).toBe(true);
  },
);

test.each(Object.keys(overwriteMethods))(
  "%s erases a disk, and its report has each of its passes",
  async (id) => {
    const { passes, finally: last = [] } = overwriteMethods[id]!;
    place.practiceDisk("each", MiB);
    const job = await erase("each", "--method", id);
    expect(job.state).toBe("erased");
    expect(eraseFindings(job).passes).toHaveLength(passes.length + last.length);
  },
);

test("the methods are listed without a station, with what they write, and one is told in full", async () => {
  const nowhere = ["--station", "unix:/nonexistent/sock"];
  const list = await place.trofie("methods", ...nowhere);
  expect(list).toMatchObject({ code: 0, stderr: "" });
  for (const id of Object.keys(overwriteMethods)) expect(list.stdout).toMatch(new RegExp(`^${id} `, "m"));
  expect(list.stdout).toMatch(/^schneier +Clear +Schneier, 7 passes +ff, 00, 5 × random$/m);
  expect((await place.trofie("methods", "schneier")).stdout).toContain("Applied Cryptography");
  expect((await place.trofie("methods", "is5-enhanced")).stdout).toMatch(
    /read back +the last pass of each round\n/,
  );
  expect((await place.trofie("methods", "ata-security-erase-enhanced")).stdout).toContain(
    "(Purge on hard disks)",
  );
  expect((await place.trofie("methods", "gutman")).stderr).toMatch(
    /there is none; the nearest is gutmann\n$/,
  );
  expect(await place.trofie("methods", "magic")).toMatchObject({
    code: 2,
    stderr: "Cannot show the method magic: there is none\n",
  });
  const { methods } = JSON.parse((await place.trofie("methods", "--json")).stdout) as {
    methods: { id: string; passes: string[] | null }[];
  };
  expect(methods.find(({ id }) => id === "vsitr")!.passes).toEqual(overwriteMethods.vsitr!.passes);
});
