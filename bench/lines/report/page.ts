import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { nodePaths, root } from "../folders.ts";
import type { Plan } from "../plan.ts";
import type { Absences } from "../prepare.ts";
import { type Table, tableText } from "../../figures/table.ts";

const METHOD = `Server and load generator run on a core each. Peers take turns, round by round, in alternating order; a figure is
the median over the rounds, a ratio the median of the ratios within each round. Every byte that comes back is compared.
Lines end with LF. What counts is the lines per CPU second of the server's process, so that neither the generator nor
other programs on the machine decide; in \`pp-c1-64\` it is the rate. A measurement that other programs disturbed (more than a
tenth of a core) is taken again, at most twice, and the quietest one stays. \`pp-cN-S\`: N connections, one line of S bytes
in flight on each. \`pl-dD-S\`: 8 connections, D lines in flight on each. \`churn\`: connect, one line, close. \`fanB\`: one
publisher, bursts of B lines, 1,000 receivers. \`bare\` is by hand on Node's \`net\` what ours does; \`naive\` is \`net\` as
people write it.`;

const BETWEEN = `Most of what is missing where a goal is missed is Node's: what \`bare\` reaches without a framework is the most that
\`net\` has to give, and in the \`pp\`, \`pl\`, open-loop and \`rr\` rows that are missed it misses the goal, too. Node makes a
buffer of 64 KiB for every read of an accepted socket, wraps each write, and copies text twice. Its private parts would help, and are not
used: they are removed when Node likes. A static read buffer for accepted sockets, set through a socket's private fields,
gave 3 to 5 % in these rows (\`pp-c1000-64\` 0.58 where it was 0.54, \`pl-d64-64\` 0.45 where it was 0.43). A bare server on
Node's private socket handles, with that buffer and without \`net.Socket\`, streams or a framework, reached 0.73 in
\`pp-c64-64\` and \`pp-c1000-64\`, 0.54 in \`pl-d64-64\`, 0.52 in \`pl-d256-16\` and 0.83 in \`fan1\` (Node 26, 2026-11-26): the goals of
the two \`pl\` rows are above all that this reached. One line at a time costs no more than by hand
(\`pp-c64-64\`); each line of many that come together some 0.03 µs more, of which a third is the search for a line's end in what
is sent, which \`bare\` does not do; each receiver of a fan-out 0.4 µs; each connection 4.6 µs, for the name of its peer and
its part in a shutdown.

A client in its thread pays for a thread that is woken on each way. With nothing else to do that takes on this machine what
stands under \`bare\`, which is twice the goal; in the machine for which the goal was set it took 8 to 18 µs.`;

export interface Report {
  readonly tables: readonly Table[];
  readonly absences: Absences;
  readonly plan: Plan;
}

export function reportText({ tables, absences, plan }: Report): string {
  const absent = [...absences].map(([name, why]) => `Absent: ${name}, because ${why}`);
  return [machineLine(plan), ...absent, ...tables.map(tableText)].join("\n\n");
}

/** Writes docs/performance.md, as Prettier would have it. */
export async function writePage(report: string): Promise<void> {
  const path = join(root, "docs/performance.md");
  const page = `# Performance\n\n<!-- Written by \`npm run bench:lines -- --write\`. -->\n\n${METHOD}\n\n${report}\n\n## What stands between\n\n${BETWEEN}\n`;
  const options = JSON.parse(readFileSync(join(root, ".prettierrc.json"), "utf8")) as object;
  writeFileSync(path, await format(page, { ...options, parser: "markdown" }));
}

function machineLine({ rounds, seconds }: Plan): string {
  const versions = Object.values(nodePaths).map((path) =>
    execFileSync(path, ["--version"], { encoding: "utf8" }).trim(),
  );
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Linux ${release()}`;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: ${machine}; Node ${versions.join(" and ")}; ${rounds} rounds of ${seconds} s.`;
}
