import { changeSources, smallWorld } from "./change-sources.ts";
changeSources(smallWorld);
const { runSeed } = await import("./run-seed.ts");
Error.stackTraceLimit = 0;
const [from = 1, n = 10] = process.argv.slice(2).map(Number);
let bad = 0;
for (let seed = from; seed < from + n; seed++) {
  const a = await runSeed({ seed, isTraced: true });
  const b = await runSeed({ seed, isTraced: true });
  if (a.hashHex !== b.hashHex) {
    bad++;
    const i = a.lines.findIndex((l, i) => l !== b.lines[i]);
    if (bad < 4)
      console.log(
        seed,
        i,
        "\n",
        a.lines.slice(Math.max(0, i - 6), i + 2).join("\n "),
        "\n---\n",
        b.lines.slice(i, i + 2).join("\n "),
      );
  }
}
console.log("bad", bad);
