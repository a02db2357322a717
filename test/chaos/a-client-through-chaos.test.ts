/**
 * A real client and a real station on real sockets, and a network between that is as bad as it can be: hundreds of
 * commands, each carried out once; every event heard once, in order; and all is well when the network is.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor, systemRandom } from "@trofie/reactor";
import { afterAll, expect, test } from "vitest";
import { ChaosProxy, type Place } from "./chaos-proxy.ts";
import { CountingStation } from "./counting-station.ts";
import { HurriedClock } from "./hurried-clock.ts";
import { until } from "./until.ts";
import { Weather } from "./weather.ts";

/** A dead connection is noticed in less than a second. */
const clock = new HurriedClock(20);

/** So often the weather changes, and so long it lasts each time. */
const changes = 60;
const weatherMs = 50;
const commandsPerWeather = 6;

const folder = mkdtempSync(join(tmpdir(), "trofie-chaos-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The weather of an earlier run comes again by `CHAOS_SEED=… vitest run test/chaos`. */
const seed = Number(process.env.CHAOS_SEED ?? 1 + Math.floor(Math.random() * 2 ** 31));

const endpointOf = (place: Place): string =>
  "port" in place ? `tcp:host=127.0.0.1:port=${place.port}` : `unix:${place.path}`;

function startClient(reactor: Reactor, place: Place) {
  const client = new Client<StationContract>({
    contract: stationContract,
    connect: connectLines(reactor, endpointOf(place)),
    clock,
    random: systemRandom,
    agent: "chaos",
  });
  const heard = { seqs: [] as number[], outOfTurn: [] as number[], snapshots: 0, seq: 0, connections: 0 };
  client.listen({
    connectionChanged: ({ kind }) => (heard.connections += kind === "connected" ? 1 : 0),
    snapshotReceived: (_, seq) => {
      heard.snapshots += 1;
      heard.seq = seq;
    },
    eventReceived: ({ seq }) => {
      if (seq !== heard.seq + 1) heard.outOfTurn.push(seq);
      heard.seq = seq;
      heard.seqs.push(seq);
    },
  });
  client.start();
  return { client, heard };
}

test.each(["tcp", "unix"] as const)(
  `over %s every command is carried out once, and every event heard once (seed ${seed})`,
  async (kind) => {
    const at = (name: string): Place => (kind === "tcp" ? { port: 0 } : { path: join(folder, name) });
    const { station, place } = await CountingStation.start(at("station"), clock);
    const proxy = await ChaosProxy.start({ to: place, at: at("proxy"), seed });
    const reactor = new Reactor({ clock });
    const { client, heard } = startClient(reactor, proxy.at);
    const weather = new Weather(proxy, seed);
    const commands: string[] = [];
    const jobs: Promise<string>[] = [];
    const results: Promise<unknown>[] = [];

    for (let change = 0; change < changes; change += 1) {
      await weather.change();
      for (let count = 0; count < commandsPerWeather; count += 1) {
        const name = `/dev/${commands.length}`;
        commands.push(name);
        if (count % 2 === 0) {
          const handle = client.operate("health.check", { path: name });
          jobs.push(handle.job);
          results.push(handle.result.then((result) => (result as unknown as { effect: string }).effect));
        } else
          jobs.push(client.command("job.stop", { job: name }).then(({ job }) => job as unknown as string));
      }
      station.progress("j_1", change);
      await new Promise((resolve) => setTimeout(resolve, weatherMs));
    }

    await proxy.heal();
    const answers = await Promise.all(jobs);
    await until(() => heard.seq === station.journal.lastSeq);

    expect(station.effects.toSorted()).toEqual(commands.toSorted());
    expect(answers.map((job) => station.effects[Number(job.slice(2)) - 1])).toEqual(commands);
    expect(await Promise.all(results)).toEqual(commands.filter((_, index) => index % 2 === 0));
    expect(heard.outOfTurn).toEqual([]);
    expect(heard.snapshots).toBe(1);
    expect(new Set(heard.seqs).size).toBe(heard.seqs.length);
    expect(station.mistakes).toEqual([]);
    expect(client.state.kind).toBe("connected");
    expect(heard.connections).toBeGreaterThan(3);
    expect(weather.seen.size).toBeGreaterThan(Weather.kinds.length / 2);

    await client.stop();
    await proxy[Symbol.asyncDispose]();
    await station[Symbol.asyncDispose]();
    await reactor.stop({ deadlineMs: 1_000 });
  },
);
