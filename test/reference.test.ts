import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the reference is printed from the docstrings, without a warning", () => {
  const root = join(import.meta.dirname, "..");
  const { status, stdout } = spawnSync("npm", ["run", "reference"], { cwd: root, encoding: "utf8" });
  expect(stdout).toContain("html generated");
  expect(status).toBe(0);
});
