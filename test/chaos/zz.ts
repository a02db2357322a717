import { Client } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor, systemRandom } from "@trofie/reactor";
import { ChaosProxy } from "./chaos-proxy.ts";
import { CountingStation } from "./counting-station.ts";
import { HurriedClock } from "./hurried-clock.ts";
import { Weather } from "./weather.ts";
const clock = new HurriedClock(20);
async function one(seed: number) {
  const { station, place } = await CountingStation.start({ port: 0 }, clock);
  const proxy = await ChaosProxy.start({ to: place, seed });
  const reactor = new Reactor({ clock });
  const client = new Client<StationContract>({ contract: stationContract, connect: connectLines(reactor, `tcp:host=127.0.0.1:port=${(proxy.at as any).port}`), clock, random: systemRandom, agent: "chaos" });
  const heard = { seq: 0, log: [] as any[] };
  client.listen({ connectionChanged: (s) => heard.log.push([Math.round(performance.now()), s.kind, (s as any).reason, (s as any).code]), snapshotReceived: (_, seq) => { heard.seq = seq; }, eventReceived: ({ seq }) => { heard.seq = seq; } });
  client.start();
  const weather = new Weather(proxy, seed);
  const jobs: Promise<unknown>[] = []; let settled = 0; let rejected: any = null;
  const results: Promise<unknown>[] = []; let got = 0;
  for (let c = 0; c < 60; c++) {
    await weather.change();
    for (let k = 0; k < 6; k++) {
      const name = `/dev/${jobs.length}`;
      if (k % 2 === 0) { const h = client.operate("health.check", { path: name }); jobs.push(h.job); results.push(h.result); h.result.then(() => got++, () => {}); }
      else jobs.push(client.command("job.stop", { job: name }));
      jobs.at(-1)!.then(() => settled++, (e) => { rejected ??= e; });
    }
    await new Promise((r) => setTimeout(r, 50));
  }
  await proxy.heal();
  const t = performance.now();
  while (performance.now() - t < 15000) {
    if (settled === jobs.length && heard.seq === station.journal.lastSeq && got === results.length) break;
    await new Promise((r) => setTimeout(r, 10));
  }
  const ok = settled === jobs.length && heard.seq === station.journal.lastSeq && got === results.length;
  console.log(seed, ok ? "ok" : "STUCK", Math.round(performance.now() - t), "ms to heal");
  if (!ok) {
    console.log({ settled, of: jobs.length, seq: heard.seq, last: station.journal.lastSeq, got, of2: results.length, rejected: rejected?.message, state: client.state, links: proxy.links.size, effects: station.effects.length });
    console.log(heard.log.slice(-12));
  }
  await client.stop(); await proxy[Symbol.asyncDispose](); await station[Symbol.asyncDispose](); await reactor.stop({ deadlineMs: 1000 });
  return ok;
}
let bad = 0; const n = Number(process.argv[2] ?? 5); const s0 = Number(process.argv[3] ?? 1);
for (let i = 0; i < n; i++) if (!(await one(s0 + i))) { bad++; if (bad >= 3) break; }
console.log({ bad, n });
process.exit(0);
