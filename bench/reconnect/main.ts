/**
 * How soon a client hears again of a station that was killed and comes back: `npm run bench:reconnect`. Compiled
 * station, real processes and sockets. Ends with one line of figures, and with code 1 when a goal is missed.
 *
 * `--rounds N`, `--away SECONDS` at most between the end of a station and the start of the next.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Client, type Connect } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract } from "@trofie/contract";
import { Reactor, systemClock, systemRandom } from "@trofie/reactor";
import { rounded } from "../figures/table.ts";
import { root } from "../lines/folders.ts";

/** The goals: within so long after a connection is accepted, and never longer without an attempt. */
const firstEventWithinMs = 100;
const attemptEveryMs = 2_000;
/** A client's waits are short again once a connection has lasted so long. */
const stableMs = 10_100;
/** A timer of that length fires a little later, and a refused attempt takes a moment. */
const timerSlackMs = 50;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "10" }, away: { type: "string", default: "8" } },
});
const rounds = Number(values.rounds);
const awayMs = Number(values.away) * 1000;

const folder = mkdtempSync(join(tmpdir(), "trofie-bench-"));
const socket = join(folder, "station.sock");
mkdirSync(join(folder, "practice"));
await using reactor = new Reactor();
const attemptsMs: number[] = [];
let acceptedMs = Number.NaN;
let heard = Promise.withResolvers<number>();
const client = new Client({
  contract: stationContract,
  connect: watched(connectLines(reactor, `unix:${socket}`)),
  clock: systemClock,
  random: systemRandom,
  agent: "bench",
});
const hears = (): void => heard.resolve(performance.now());
client.listen({ snapshotReceived: hears, eventReceived: hears });

try {
  let station = await startStation();
  client.start();
  await heard.promise;
  const firstEventsMs: number[] = [];
  const gapsMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await delay(stableMs);
    station.kill("SIGKILL");
    await once(station, "exit");
    heard = Promise.withResolvers();
    attemptsMs.length = 0;
    await delay((awayMs * (round + 1)) / rounds);
    station = await startStation();
    firstEventsMs.push((await heard.promise) - acceptedMs);
    gapsMs.push(...attemptsMs.slice(1).map((atMs, i) => atMs - attemptsMs[i]!));
  }
  report(firstEventsMs, gapsMs);
  await client.stop();
  station.kill("SIGTERM");
  await once(station, "exit");
} finally {
  rmSync(folder, { recursive: true });
}

/** Notes when attempts begin, and when the newest connection was accepted. */
function watched(connect: Connect): Connect {
  return async (receiver, signal) => {
    attemptsMs.push(performance.now());
    const channel = await connect(receiver, signal);
    acceptedMs = performance.now();
    return channel;
  };
}

/** Returns when it says where it listens. */
async function startStation(): Promise<ChildProcess> {
  const program = join(root, "packages/station/dist/main.js");
  const where = [
    "--state",
    join(folder, "state"),
    "--socket",
    socket,
    "--practice",
    join(folder, "practice"),
  ];
  const station = spawn(process.execPath, [program, ...where, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(station.stdout, "data");
  return station;
}

function report(firstEventsMs: readonly number[], gapsMs: readonly number[]): void {
  const sorted = firstEventsMs.toSorted((a, b) => a - b);
  const middleMs = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const mostMs = sorted.at(-1) ?? Number.NaN;
  const longestMs = Math.max(...gapsMs);
  console.log(
    `${rounds} stations: first event ${rounded(middleMs)} ms after the connection was accepted (median), at most ${rounded(mostMs)} ms; ` +
      `${gapsMs.length + rounds} attempts, at most ${rounded(longestMs)} ms apart`,
  );
  if (mostMs > firstEventWithinMs || longestMs > attemptEveryMs + timerSlackMs) process.exitCode = 1;
}
