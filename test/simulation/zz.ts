import "./load-small-blocks.ts";
const { runSeed } = await import("./run-seed.ts");
const { Sometimes } = await import("./sometimes.ts");
const [from=1, n=10, traced] = process.argv.slice(2).map(Number);
const s = new Sometimes();
const c=process.cpuUsage(); let v=0, st=0, ev=0;
for (let seed=from; seed<from+n; seed++) {
  const lived = await runSeed({seed, isTraced: !!traced, sometimes: s});
  v+=lived.virtualMs; st+=lived.steps.machine+lived.steps.client; ev+=lived.events;
  if (traced) console.log(lived.lines.join("\n"));
  if (lived.breach) { console.log("seed", seed, lived.breach.invariant, lived.breach.what.slice(0,1500)); if (traced) break; }
}
const d=process.cpuUsage(c);
console.log((d.user+d.system)/1000/n, "ms/seed", "virtual s/seed", v/1000/n, "steps/seed", st/n, "events/seed", ev/n);
console.log([...s.counts].map(([k,v])=>`${k}:${v}`).join(", "));
