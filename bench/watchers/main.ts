/**
 * How long a command takes while many watch: `npm run bench:watchers`. A compiled station, real processes and sockets;
 * each command is recorded and makes an event, which goes to every watcher. Ends with one line of figures, and with
 * code 1 when a watcher missed an event.
 *
 * `--watchers N` at most (each takes a file descriptor on either side), `--commands N`.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { parseArgs } from "node:util";
import { Client, Refusal } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract } from "@trofie/contract";
import { Reactor, systemClock, systemRandom } from "@trofie/reactor";
import { rounded } from "../figures/table.ts";
import { root } from "../lines/folders.ts";

type Program = ChildProcessByStdio<Writable, Readable, null>;

const { values } = parseArgs({
  options: { watchers: { type: "string", default: "10000" }, commands: { type: "string", default: "200" } },
});
const most = Number(values.watchers);
const commands = Number(values.commands);

const folder = mkdtempSync(join(tmpdir(), "trofie-bench-"));
const socket = join(folder, "station.sock");
mkdirSync(join(folder, "practice"));
await using reactor = new Reactor();
const client = new Client({
  contract: stationContract,
  connect: connectLines(reactor, `unix:${socket}`),
  clock: systemClock,
  random: systemRandom,
  agent: "bench",
});

try {
  const station = await startStation();
  client.start();
  await tookMs(); // It is there, and has done it once.
  const rows = [];
  for (const watchers of [0, Math.round(most / 10), most]) rows.push(await rowOf(watchers));
  console.log(rows.join("; "));
  await client.stop();
  station.kill("SIGTERM");
  await once(station, "exit");
} finally {
  rmSync(folder, { recursive: true });
}

async function rowOf(count: number): Promise<string> {
  const watchers = start(join(import.meta.dirname, "watchers.ts"), socket, String(count));
  await once(watchers.stdout, "data");
  const sorted = [];
  for (let done = 0; done < commands; done += 1) sorted.push(await tookMs());
  sorted.sort((a, b) => a - b);
  const heard = await heardBy(watchers, count);
  if (heard.least < commands) {
    console.error(`Of ${commands} events somebody has had ${heard.least}`);
    process.exitCode = 1;
  }
  const [p50, p99] = [sorted[Math.floor(commands / 2)]!, sorted[Math.floor(commands * 0.99)]!];
  return `${count} watchers: a command took ${rounded(p50)} ms (p50), ${rounded(p99)} ms (p99)`;
}

/** Everybody has a little time to hear of the last one. */
async function heardBy(watchers: Program, count: number): Promise<{ least: number }> {
  await tookMs();
  await new Promise((resolve) => systemClock.callLater(500, () => resolve(undefined)));
  watchers.stdin.write("stop\n");
  const [line] = (await once(watchers.stdout, "data")) as [Buffer];
  await once(watchers, "exit");
  return count === 0 ? { least: commands } : (JSON.parse(line.toString()) as { least: number });
}

/** A command that is recorded, with its event, and does nothing: it is about a job that is not there. */
async function tookMs(): Promise<number> {
  const beginMs = performance.now();
  await client
    .command("job.stop", { job: "00000000-0000-7000-8000-000000000000" })
    .catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== "JOB_NOT_FOUND") throw error;
    });
  return performance.now() - beginMs;
}

/** Returns when it says where it listens. */
async function startStation(): Promise<Program> {
  const program = join(root, "packages/station/dist/main.js");
  const where = [
    "--state",
    join(folder, "state"),
    "--socket",
    socket,
    "--practice",
    join(folder, "practice"),
  ];
  const station = start(program, ...where, "--json");
  await once(station.stdout, "data");
  return station;
}

function start(...words: string[]): Program {
  return spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
}
