/** The oracle is held to account: it must find faults that are put into a copy of our sources. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { faults, type Fault } from "./faults.ts";
import { twistedVersion } from "./twisted-process.ts";

const CASES = 2_000;
const sources = join(import.meta.dirname, "../../packages/reactor/src");
const folder = mkdtempSync(join(tmpdir(), "faults-"));
const run = promisify(execFile);

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!twistedVersion())("the oracle (skipped where there is no python3-twisted)", () => {
  it.each(faults)("finds it when $name", async (fault) => {
    const copy = copyWithFault(fault);
    const oracle = askOracle(copy, fault);
    await expect(oracle).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/, [1-9]\d* differences\n$/),
    });
  });

  it("finds nothing in a copy without a fault", async () => {
    const copy = join(folder, "none");
    cpSync(sources, copy, { recursive: true });
    expect((await askOracle(copy)).stdout).toMatch(/, 0 differences\n$/);
  });
});

function copyWithFault({ name, file, text, replacement }: Fault): string {
  const copy = join(folder, name.replaceAll(" ", "-"));
  cpSync(sources, copy, { recursive: true });
  const source = readFileSync(join(copy, file), "utf8");
  expect(source.split(text), `the text of "${name}" must stand in ${file} once`).toHaveLength(2);
  writeFileSync(
    join(copy, file),
    source.replace(text, () => replacement),
  );
  return copy;
}

it("the oracle compares no number of cases that is none", async () => {
  const oracle = run(process.execPath, [
    "--conditions=trofie-source",
    join(import.meta.dirname, "oracle.ts"),
    "--cases",
    "abc",
  ]);
  await expect(oracle).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--cases") as string,
  });
});

function askOracle(source: string, fault?: Fault): Promise<{ stdout: string }> {
  const oracle = join(import.meta.dirname, "oracle.ts");
  const only = fault?.receiver ? ["--receiver", fault.receiver] : [];
  const options = ["--cases", String(CASES), "--seed", "1", "--source", source, ...only];
  return run(process.execPath, ["--conditions=trofie-source", oracle, ...options]);
}
