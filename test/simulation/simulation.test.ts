/**
 * A short campaign with a fresh seed each time, a few crashes at every step, and proof that the simulator finds what it is
 * for. All of it in processes of their own: the sources are changed while they are loaded (`change-sources.ts`).
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mutants } from "./mutants.ts";

const program = join(import.meta.dirname, "main.ts");
const options = ["--conditions=trofie-source", "--max-semi-space-size=64"];

function simulate(...args: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(process.execPath, [...options, program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, output })));
}

const lastLine = (output: string): string => output.trimEnd().split("\n").at(-1) ?? "";

const fresh = 1 + Math.floor(Math.random() * 2 ** 31);

test(`nothing that must always hold is broken (seeds from ${fresh})`, async () => {
  const { exitCode, output } = await simulate("--seeds", "5000", "--from", String(fresh));
  expect(output).toContain("5000 seeds, 0 failures");
  expect(exitCode).toBe(0);
}, 240_000);

test("the same seeds make the same worlds", async () => {
  const [once, again] = await Promise.all([
    simulate("--seeds", "40", "--from", "7"),
    simulate("--seeds", "40", "--from", "7"),
  ]);
  const hashOf = (output: string): string | undefined => /hash [0-9a-f]{8}$/.exec(lastLine(output))?.[0];
  expect(hashOf(once.output)).toBeDefined();
  expect(hashOf(again.output)).toBe(hashOf(once.output));
});

test("a world is the same alone as among others", async () => {
  const alone = await simulate("--replay", "46");
  const { output } = await simulate("--seeds", "4", "--from", "43", "--hashes");
  expect(output).toContain(`seed 46 ${/hash [0-9a-f]{8}$/.exec(lastLine(alone.output))?.[0]}`);
});

test("a crash at any step leaves nothing broken", async () => {
  const { exitCode, output } = await simulate("--sweep", "100", "--every", "61");
  expect(lastLine(output)).toMatch(/sweep, 0 failures, 100 crash points/);
  expect(exitCode).toBe(0);
});

test("a sweep that finds something says how it is seen again", async () => {
  const mutant = ["--mutant", "a restart forgets the running job"];
  const { output } = await simulate("--sweep", "100", "--every", "23", ...mutant);
  const [, breaks] = /^Seed \d+ (breaks .*)$/m.exec(output) ?? [];
  const [, command = ""] = /^Run it again: npm run simulate -- (.*)$/m.exec(output) ?? [];
  const words = [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const again = await simulate(...words);
  expect(command).toMatch(/--replay \d+ --crash "(none|.* at \d+)" --mutant/);
  expect(lastLine(again.output)).toContain(breaks);
  expect(again.exitCode).toBe(1);
});

describe("the simulator finds", () => {
  test.each([
    "an answer although nothing is durable",
    "a refusal is not recorded",
    "the role is not looked at",
  ])("%s", async (name) => {
    const { exitCode, output } = await simulate("--seeds", "100", "--mutant", name);
    expect(output).toMatch(/^Seed \d+ breaks/m);
    expect(output).toContain(`--mutant "${name}"`);
    expect(exitCode).toBe(1);
  });
});

test("every mutant fits the sources", async () => {
  const { exitCode, output } = await simulate("--check-mutants");
  expect(output).toContain(`${mutants.length} mutants fit`);
  expect(exitCode).toBe(0);
});
