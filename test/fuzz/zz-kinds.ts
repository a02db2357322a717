import { Chance } from "./chance.ts";
import { stationInput } from "./station-input.ts";
import { StationWorld } from "./station-world.ts";
Error.stackTraceLimit = 0;
const n = 20000,
  seed = 1;
let world = await StationWorld.open();
const by = new Map<string, [number, number]>();
let gen = 0,
  bytes = 0,
  open = 0;
const cpu = process.cpuUsage();
for (let i = 0; i < n; i++) {
  const t0 = performance.now();
  if (i % 256 === 0) world = await StationWorld.open();
  const t1 = performance.now();
  const input = stationInput(Chance.of(seed, i));
  const t2 = performance.now();
  await world.execute(input);
  const t3 = performance.now();
  open += t1 - t0;
  gen += t2 - t1;
  let b = 0;
  for (const s of input.steps) if ("say" in s) for (const p of s.say) b += p.length;
  bytes += b;
  const keys = [
    input.leaving,
    b > 60000 ? "huge" : b > 4000 ? "big" : "small",
    input.steps.some((s) => "say" in s && s.say.length > 20) ? "bytewise" : "whole",
  ].join(" ");
  const e = by.get(keys) ?? [0, 0];
  e[0]++;
  e[1] += t3 - t2;
  by.set(keys, e);
}
const u = process.cpuUsage(cpu);
console.log(
  n / ((u.user + u.system) / 1e6),
  "/s cpu",
  "open",
  (open / n) * 1e3,
  "gen us",
  (gen / n) * 1e3,
  "bytes",
  bytes / n,
);
for (const [k, [c, t]] of [...by].sort((a, b) => b[1][1] - a[1][1]))
  console.log(k, c, ((t / c) * 1e3).toFixed(0), "us", ((t / n) * 1e3).toFixed(1));
