import type { NodeVersion } from "../folders.ts";
import { rounded, type Table } from "../../figures/table.ts";

interface Goal {
  readonly of: string;
  readonly better: "more" | "less";
  readonly realistic: number;
  readonly moonshot?: number;
}

function more(of: string, realistic: number, moonshot?: number): Goal {
  return { of, better: "more", realistic, ...(moonshot === undefined ? {} : { moonshot }) };
}

function less(of: string, realistic: number, moonshot?: number): Goal {
  return { ...more(of, realistic, moonshot), better: "less" };
}

/** What the framework is held to, on Node 26; a row on Node 24 may be a quarter worse. */
export const goals = {
  "pp-c1-64": more("of C's rate", 0.8, 0.85),
  "pp-c64-64": more("of C", 0.57, 0.7),
  "pp-c1000-64": more("of C", 0.65, 0.72),
  "pl-d64-64": more("of C", 0.55, 0.7),
  "pl-d256-16": more("of C", 0.6, 0.75),
  "pl-d256-1024": more("of C", 0.33, 0.5),
  churn: more("of C", 0.6, 0.75),
  fan1: more("of C", 0.75, 0.9),
  fan16: more("of C", 0.6, 0.75),
  "layer pp-c64-64": less("of bare's CPU per line", 1.15),
  "layer pl-d64-64": less("of bare's CPU per line", 1.15),
  "open p50": less("µs", 30, 30),
  "open p99": less("µs", 2_000, 600),
  memory: less("KB per idle connection", 6, 5),
  "start-up": less("ms to the first reply", 70, 55),
  "rr-8x32 ws": more("of ws", 12, 18),
  "rr-1x1 ws": more("of ws", 1, 1.1),
  "rr-1x1 socket.io": more("of socket.io", 1.3, 1.5),
  "rr-1x1 http": more("of http", 1.3, 1.4),
  "rr-1x1 grpc": more("of gRPC", 3, 3.5),
  "rr-64x1 ws": more("of ws", 1.15, 1.4),
  "rr-64x1 socket.io": more("of socket.io", 2.1, 2.6),
  "rr-64x1 http": more("of http", 1.9, 2.3),
  "rr-64x1 grpc": more("of gRPC", 8, 10),
  "thread 64 in flight": more("of the client in-thread", 0.45, 0.6),
  "thread 1 in flight": less("µs more at p50", 25, 15),
  "thread events": more("M lines/s", 5, 8),
  "2 workers": more("of 1 worker", 1.8, 1.95),
  "parse 1 MiB": less("of Buffer.indexOf alone", 2),
  "parse byte by byte": less("ms for 100 KB", 50),
} satisfies Record<string, Goal>;

export type GoalName = keyof typeof goals;

/** What was reached where a goal is set. */
export interface Figure {
  readonly goal: GoalName;
  readonly node: NodeVersion;
  readonly value: number;
  /** The same of Node alone, by hand what ours does; or what else the machine gives at most. */
  readonly bare?: number;
}

/** How much worse than on Node 26 a row on Node 24 may be. */
const NODE_24_SHARE = 0.75;

export type Verdict = "moonshot" | "realistic" | "missed";

export function verdictOf({ goal: name, node, value }: Figure): Verdict {
  const goal: Goal = goals[name];
  const reaches = (wanted: number) => (goal.better === "more" ? value >= wanted : value <= wanted);
  const share = goal.better === "more" ? NODE_24_SHARE : 1 / NODE_24_SHARE;
  if (goal.moonshot !== undefined && reaches(goal.moonshot)) return "moonshot";
  return reaches(goal.realistic * (node === 24 ? share : 1)) ? "realistic" : "missed";
}

export function goalsTable(figures: readonly Figure[]): Table {
  const names = [...new Set(figures.map(({ goal }) => goal))];
  return {
    title: "Goals",
    note:
      "A row on Node 24 may be a quarter worse than the goal, which is set for Node 26. `bare`: what Node reaches by " +
      "hand, without a framework, on Node 26; of a thread, what a message to it and back takes with nothing else to do; " +
      "of two workers, how many cores the load leaves them.",
    header: ["row", "Node 26", "", "Node 24", "", "bare", "realistic", "moonshot", "what"],
    rows: names.map((name) => goalRow(name, figures)),
  };
}

function goalRow(name: GoalName, figures: readonly Figure[]): string[] {
  const goal: Goal = goals[name];
  const sign = goal.better === "more" ? "≥" : "≤";
  const cells = ([26, 24] as const).flatMap((node) => {
    const figure = figures.find((one) => one.goal === name && one.node === node);
    return figure ? [rounded(figure.value), verdictOf(figure)] : ["–", ""];
  });
  const bare = figures.find((one) => one.goal === name && one.node === 26)?.bare;
  const moonshot = goal.moonshot === undefined ? "–" : `${sign} ${goal.moonshot}`;
  return [
    name,
    ...cells,
    bare === undefined ? "–" : rounded(bare),
    `${sign} ${goal.realistic}`,
    moonshot,
    goal.of,
  ];
}

/** The last line: how many rows reached what. */
export function summaryOf(figures: readonly Figure[]): string {
  const count = (verdict: Verdict) => figures.filter((figure) => verdictOf(figure) === verdict).length;
  return `${figures.length} rows: ${count("moonshot")} moonshot, ${count("realistic")} realistic, ${count("missed")} missed`;
}
