import { Chance } from "./chance.ts";
import { stationInput } from "./station-input.ts";
import { StationWorld } from "./station-world.ts";
const n = Number(process.argv[2] ?? 2000),
  seed = Number(process.argv[3] ?? 1);
const met = new Map<string, number>();
const note = (w: string) => met.set(w, (met.get(w) ?? 0) + 1);
let world = await StationWorld.open(note);
const cpu = process.cpuUsage();
const t = performance.now();
const kinds = new Map<string, number>();
for (let i = 0; i < n; i++) {
  if (i % 256 === 0) world = await StationWorld.open(note);
  const input = stationInput(Chance.of(seed, i));
  try {
    await world.execute(input);
  } catch (e) {
    const m = (e as Error).message.replaceAll(/[0-9a-f]{4,}|\d+/g, "#");
    kinds.set(m, (kinds.get(m) ?? 0) + 1);
    if (kinds.size <= 12 && kinds.get(m) === 1) {
      console.log(
        "===",
        i,
        (e as Error).name,
        (e as Error).message,
        (e as any).cause ?? ((e as Error).name === "Breach" ? "" : (e as Error).stack),
      );
      for (const s of input.steps)
        console.log(
          "say" in s ? JSON.stringify(Buffer.concat(s.say as any).toString("latin1")).slice(0, 900) : s,
        );
      console.log(input.leaving);
    }
    world = await StationWorld.open(note);
  }
}
const u = process.cpuUsage(cpu);
console.log([...kinds]);
console.log(n / ((u.user + u.system) / 1e6), "/s cpu", (n / (performance.now() - t)) * 1000, "/s wall");
console.log(Object.fromEntries([...met].sort((a, b) => b[1] - a[1])), process.memoryUsage().rss >> 20);
