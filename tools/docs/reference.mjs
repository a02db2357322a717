/**
 * Prints the reference of the packages from their docstrings into `docs/reference`. Installs what that needs into this
 * folder first, where the set-up of the tests has not. Any warning is an error.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const typedoc = join(here, "node_modules/typedoc/bin/typedoc");

if (!existsSync(typedoc)) run("npm", ["ci", "--loglevel=error"]);
run(process.execPath, [typedoc]);

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: here, stdio: "inherit" });
  if (status === 0) return;
  process.stderr.write(`Cannot go on: ${program} ${args.join(" ")} ended with ${error?.message ?? status}\n`);
  process.exit(1);
}
