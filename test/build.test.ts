/** The packages as they are published: compiled, and found without the condition that leads to the sources. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const execute = promisify(execFile);

test("the packages compile, and the compiled program runs without their sources", async () => {
  await execute(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "packages/cli"], {
    cwd: root,
  });
  const show = `import.meta.resolve("@trofie/station/main") + " " + (await import("@trofie/contract")).tokenFile`;
  const asked = await execute(process.execPath, ["--input-type=module", "-e", `console.log(${show})`], {
    cwd: root,
  });
  expect(asked.stdout).toMatch(/packages\/station\/dist\/main\.js token\n$/);
  const folder = mkdtempSync(join(tmpdir(), "trofie-published-"));
  try {
    for (const part of ["bin", "dist", "package.json"])
      cpSync(join(root, "packages/cli", part), join(folder, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const version = await execute(process.execPath, [join(folder, "bin/trofie.js"), "--version"]);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
