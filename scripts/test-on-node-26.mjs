/**
 * Runs the tests of the libraries on Node 26 too. Nothing in them needs it; everything in them
 * must work on it. Of the disks the erase engine is enough: the rest is the same calls of the same kernel.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = join(root, "tools/node-26");
const node = join(folder, "node_modules/node26/bin/node");
const vitest = join(root, "node_modules/vitest/vitest.mjs");

if (!existsSync(node)) run("npm", ["ci", "--loglevel=error"], folder);
run(
  node,
  [vitest, "run", "packages/reactor", "packages/commands", "packages/contract", "packages/disks/src/erase"],
  root,
);

function run(program, args, cwd) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: "inherit" });
  if (status === 0) return;
  process.stderr.write(`Cannot go on: ${program} ${args.join(" ")} ended with ${error?.message ?? status}\n`);
  process.exit(1);
}
