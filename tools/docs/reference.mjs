/**
 * Prints the reference of the packages from their docstrings into `docs/reference`. Installs what that needs into this
 * folder first, when its lock file has changed. Any warning is an error.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const stampPath = join(here, "node_modules/.reference-stamp");
const lock = readFileSync(join(here, "package-lock.json"), "utf8");

if (!existsSync(stampPath) || readFileSync(stampPath, "utf8") !== lock) {
  run("npm", ["ci", "--loglevel=error"]);
  writeFileSync(stampPath, lock);
}
run(process.execPath, [join(here, "node_modules/typedoc/bin/typedoc")]);

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: here, stdio: "inherit" });
  if (status === 0) return;
  process.stderr.write(`Cannot go on: ${program} ${args.join(" ")} ended with ${error?.message ?? status}\n`);
  process.exit(1);
}
