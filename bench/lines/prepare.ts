/** Makes ready what is measured: packages, compilers, programs. What cannot be had is told, never left out silently. */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bench, build, loadSources, node26, root } from "./folders.ts";
import type { Peer } from "./peers/peer.ts";
import { runProgram } from "./run-program.ts";

/** Why each peer that is missing is missing. */
export type Absences = Map<string, string>;

export const loadProgram = join(build, "load");

export async function prepare(peers: readonly Peer[], reactorFolder: string): Promise<Absences> {
  mkdirSync(build, { recursive: true });
  await installPackages();
  const refusal = await installDebianPackages(peers);
  await runProgram(["gcc", "-O2", "-Wall", "-o", loadProgram, ...globSync(join(loadSources, "*.c"))]);
  await compile(reactorFolder);
  const absences: Absences = new Map();
  for (const peer of peers) {
    const missing = missingPackages([peer]);
    const why = missing.length > 0 ? `${missing.join(", ")} is not installed: ${refusal}` : await make(peer);
    if (why) absences.set(peer.name, why);
  }
  return absences;
}

/** The second Node, and the libraries that people would take instead; each in a `node_modules` of its own. */
async function installPackages(): Promise<void> {
  for (const folder of [node26, bench]) await installPackagesOf(folder);
}

async function installPackagesOf(folder: string): Promise<void> {
  const stampPath = join(folder, "node_modules/.bench-stamp");
  const stamp = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return;
  say(`Installing the packages of ${relative(root, folder)} (once, a quarter of a minute)…`);
  await runProgram(["npm", "ci", "--loglevel=error"], { cwd: folder, env: envOutsideNpm() });
  writeFileSync(stampPath, stamp);
}

/** Without what `npm run` says of the workspace, which the inner npm would take for its own. */
function envOutsideNpm(): NodeJS.ProcessEnv {
  const foreign = /^npm_(config_local_prefix|package_|lifecycle_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Returns why nothing could be installed. */
async function installDebianPackages(peers: readonly Peer[]): Promise<string> {
  const missing = missingPackages(peers);
  if (missing.length === 0) return "";
  const ask = `apt-get install ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return `as root: ${ask}`;
  say(`Installing the peers: ${missing.join(" ")}…`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await runProgram(["apt-get", "update", "-qq"], { env });
    await runProgram(["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...missing], { env });
    return "";
  } catch (error) {
    return String(error);
  }
}

function missingPackages(peers: readonly Peer[]): string[] {
  const needs = peers.flatMap((peer) => Object.entries(peer.needs ?? {}));
  return [...new Set(needs.flatMap(([path, name]) => (existsSync(path) ? [] : [name])))];
}

/** Returns why the peer could not be compiled. */
async function make({ make: command, makeFolder = root }: Peer): Promise<string | undefined> {
  try {
    if (command) await runProgram(command, { cwd: makeFolder });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** As packages are published: what users run has no types to strip. */
async function compile(reactorFolder: string): Promise<void> {
  const reactor = join(build, "node_modules/@trofie/reactor");
  mkdirSync(reactor, { recursive: true });
  copyFileSync(join(reactorFolder, "package.json"), join(reactor, "package.json"));
  const bundle = join(root, "scripts/bundle-reactor.ts");
  await runProgram([process.execPath, bundle, "--from", reactorFolder, "--to", join(reactor, "dist")]);
  await emit(import.meta.dirname, join(build, "lines"));
}

async function emit(from: string, to: string): Promise<void> {
  const sources = globSync(join(from, "**/*.ts")).filter((path) => !/\.(test|d)\.ts$/.test(path));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const syntax = ["--target", "es2024", "--module", "esnext", "--moduleResolution", "bundler"];
  const alone = ["--noCheck", "--noResolve", "--ignoreConfig", "--rewriteRelativeImportExtensions"];
  await runProgram([
    process.execPath,
    tsc,
    ...syntax,
    ...alone,
    "--rootDir",
    from,
    "--outDir",
    to,
    ...sources,
  ]);
}

export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
