import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

test("the program in README.md erases its practice file", () => {
  const readme = readFileSync(`${import.meta.dirname}/../README.md`, "utf8");
  const [, program = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "trofie-readme-"));
  symlinkSync(resolve(import.meta.dirname, "../../../node_modules"), join(folder, "node_modules"));
  try {
    const options = ["--conditions=trofie-source", "--input-type=module-typescript", "--eval", program];
    const lines = execFileSync(process.execPath, options, { cwd: folder, encoding: "utf8" })
      .trim()
      .split("\n");
    expect(lines).toContainEqual(expect.stringMatching(/practice\/disk-1\.img can be erased$/));
    expect(lines.at(-1)).toBe("erased");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
