/**
 * How soon a client hears again of a station that was killed and comes back: `npm run bench:reconnect`. Compiled
 * station, real processes and sockets. Ends with one line of figures, and with code 1 when a goal is missed.
 *
 * `--rounds N`, `--away SECONDS` at most between the end of a station and the start of the next.
 */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Connect } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { Reactor } from "@trofie/reactor";
import { median } from "../figures/rounds.ts";
import { rounded } from "../figures/table.ts";
import { clientOf, StationPlace } from "../station/station-place.ts";

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

using place = new StationPlace();
await using reactor = new Reactor();
const attemptsMs: number[] = [];
let acceptedMs = Number.NaN;
let heard = Promise.withResolvers<number>();
const client = clientOf(watched(connectLines(reactor, `unix:${place.socket}`)));
const hears = (): void => heard.resolve(performance.now());
client.listen({ snapshotReceived: hears, eventReceived: hears });

let station = await place.start();
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
  station = await place.start();
  firstEventsMs.push((await heard.promise) - acceptedMs);
  gapsMs.push(...attemptsMs.slice(1).map((atMs, i) => atMs - attemptsMs[i]!));
}
report();
await client.stop();
station.kill("SIGTERM");
await once(station, "exit");

/** Notes when attempts begin, and when the newest connection was accepted. */
function watched(connect: Connect): Connect {
  return async (receiver, signal) => {
    attemptsMs.push(performance.now());
    const channel = await connect(receiver, signal);
    acceptedMs = performance.now();
    return channel;
  };
}

function report(): void {
  const mostMs = Math.max(...firstEventsMs);
  const longestMs = Math.max(...gapsMs);
  console.log(
    `${rounds} stations: first event ${rounded(median(firstEventsMs))} ms after the connection was accepted (median), at most ${rounded(mostMs)} ms; ` +
      `${gapsMs.length + rounds} attempts, at most ${rounded(longestMs)} ms apart`,
  );
  if (mostMs > firstEventWithinMs || longestMs > attemptEveryMs + timerSlackMs) process.exitCode = 1;
}
