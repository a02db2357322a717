import { createRequire } from "node:module"; const require = createRequire(import.meta.url);
import { Chance } from "./chance.ts";
import { clientInput } from "./client-input.ts";
import { ClientWorld } from "./client-world.ts";
import { subscribe } from "node:diagnostics_channel";
Error.stackTraceLimit = 10;
const n = Number(process.argv[2] ?? 2000),
  seed = Number(process.argv[3] ?? 1);
const met = new Map<string, number>();
const note = (w: string) => met.set(w, (met.get(w) ?? 0) + 1);
let fault: unknown = null;
subscribe("trofie.reactor.fault", (f: any) => {
  fault ??= f.error;
});
process.on("unhandledRejection", (e) => {
  fault ??= e;
});
let world = new ClientWorld(note);
const cpu = process.cpuUsage();
const t = performance.now();
const kinds = new Map<string, number>();
for (let i = 0; i < n; i++) {
  const input = clientInput(Chance.of(seed, i)); require("fs").writeFileSync("/tmp/last", i + " " + JSON.stringify(input));
  try {
    fault = null;
    await world.execute(input);
    await new Promise((r) => setImmediate(r));
    if (fault) throw fault;
  } catch (e) {
    const m = (e as Error).message.replaceAll(/[0-9a-f]{4,}|\d+/g, "#").slice(0, 200);
    kinds.set(m, (kinds.get(m) ?? 0) + 1);
    if (kinds.size <= 12 && kinds.get(m) === 1) {
      console.log(
        "===",
        i,
        (e as Error).name,
        (e as Error).message,
        (e as any).cause ?? ((e as Error).name === "Breach" ? "" : (e as Error).stack),
      );
      console.log(JSON.stringify(input));
    }
    world = new ClientWorld(note);
  }
}
const u = process.cpuUsage(cpu);
console.log([...kinds]);
console.log(n / ((u.user + u.system) / 1e6), "/s cpu", (n / (performance.now() - t)) * 1000, "/s wall");
console.log(Object.fromEntries([...met].sort((a, b) => b[1] - a[1])), process.memoryUsage().rss >> 20);
