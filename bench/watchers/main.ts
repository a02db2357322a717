/**
 * How long a command takes while many watch: `npm run bench:watchers`. A compiled station, real processes and sockets;
 * each command is recorded and makes an event, which goes to every watcher. Ends with one line of figures, and with
 * code 1 when a watcher missed an event.
 *
 * `--watchers N` at most (each takes a file descriptor on either side), `--commands N`.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Refusal } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { Reactor } from "@trofie/reactor";
import { median, p99 } from "../figures/rounds.ts";
import { rounded } from "../figures/table.ts";
import { clientOf, StationPlace } from "../station/station-place.ts";

type Program = ChildProcessByStdio<Writable, Readable, null>;

const { values } = parseArgs({
  options: { watchers: { type: "string", default: "10000" }, commands: { type: "string", default: "200" } },
});
const most = Number(values.watchers);
const commands = Number(values.commands);

using place = new StationPlace();
await using reactor = new Reactor();
const client = clientOf(connectLines(reactor, `unix:${place.socket}`));

const station = await place.start();
client.start();
await tookMs(); // It is there, and has done it once.
const rows = [];
for (const watchers of [0, Math.round(most / 10), most]) rows.push(await rowOf(watchers));
console.log(rows.join("; "));
await client.stop();
station.kill("SIGTERM");
await once(station, "exit");

async function rowOf(count: number): Promise<string> {
  const program = [join(import.meta.dirname, "watchers.ts"), place.socket, String(count)];
  const watchers: Program = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
  await once(watchers.stdout, "data");
  const allMs: number[] = [];
  for (let done = 0; done < commands; done += 1) allMs.push(await tookMs());
  const heard = await heardBy(watchers, count);
  if (heard.least < commands) {
    console.error(`Of ${commands} events somebody has had ${heard.least}`);
    process.exitCode = 1;
  }
  return `${count} watchers: a command took ${rounded(median(allMs))} ms (p50), ${rounded(p99(allMs))} ms (p99)`;
}

/** Everybody has a little time to hear of the last one. */
async function heardBy(watchers: Program, count: number): Promise<{ least: number }> {
  await tookMs();
  await delay(500);
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
