import { Chance } from "./chance.ts";
import { stationInput } from "./station-input.ts";
import { StationWorld } from "./station-world.ts";
Error.stackTraceLimit = 0;
const seed = 1;
let world = await StationWorld.open();
let cpu = process.cpuUsage(),
  t = performance.now();
const N = Number(process.argv[2] ?? 20000);
for (let i = 0; i < N * 6; i++) {
  if (i % 256 === 0) world = await StationWorld.open();
  await world.execute(stationInput(Chance.of(seed, i)));
  if (i % N === N - 1) {
    const u = process.cpuUsage(cpu);
    console.log(
      i + 1,
      (N / ((u.user + u.system) / 1e6)).toFixed(0),
      "/s cpu; user us",
      (u.user / N).toFixed(1),
      "sys",
      (u.system / N).toFixed(1),
      "wall",
      (((performance.now() - t) / N) * 1e3).toFixed(0),
      "rss",
      process.memoryUsage().rss >> 20,
    );
    cpu = process.cpuUsage();
    t = performance.now();
  }
}
