/** The packages as they are published: compiled, and found without the condition that leads to the sources. */
import { execFile } from "node:child_process";
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
  const main = join(root, "packages/cli/dist/main.js");
  expect((await execute(process.execPath, [main, "--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
