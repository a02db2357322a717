/** A command of 32 bytes and its answer, beside what people would take instead; all on the same Node. */
import type { Counted } from "../load/count-in-window.ts";
import { compiled, nodePaths, type NodeVersion, nodeVersions } from "../folders.ts";
import { RunningServer } from "../peers/running-server.ts";
import { inRounds, median, medianRatio } from "../../figures/rounds.ts";
import type { Outcome, Plan } from "../plan.ts";
import { say } from "../prepare.ts";
import { quietest } from "../quietest.ts";
import { type Figure, type GoalName, goals } from "../report/goals.ts";
import { rounded } from "../../figures/table.ts";
import { cores, onCore, runProgram } from "../run-program.ts";

const WARMUP_SECONDS = 0.7;
const names = ["ours", "bare", "ws", "socket.io", "http", "grpc"];
const shapes = [
  { name: "rr-8x32", connections: 8, depth: 32 },
  { name: "rr-1x1", connections: 1, depth: 1 },
  { name: "rr-64x1", connections: 64, depth: 1 },
];
type Shape = (typeof shapes)[number];
type Rates = ReadonlyMap<string, readonly number[]>;

export async function measureRequests(plan: Plan): Promise<Outcome> {
  const wanted = shapes.filter(({ name }) => plan.wants("rr") || plan.wants(name));
  const results: { shape: Shape; node: NodeVersion; rates: Rates }[] = [];
  for (const shape of wanted) {
    say(`${shape.name}…`);
    for (const node of nodeVersions) results.push({ shape, node, rates: await measure(shape, node, plan) });
  }
  if (wanted.length === 0) return { tables: [], figures: [] };
  return {
    tables: [
      {
        title: "Requests and answers of 32 bytes, thousand per second",
        note: "`rr-NxD`: N connections, D requests in flight on each. HTTP/1.1 has one in flight on a connection. `bare` is by hand on Node's `net` what ours does.",
        header: ["technology", ...results.map(({ shape, node }) => `${shape.name} Node ${node}`)],
        rows: names.map((name) => [
          name,
          ...results.map(({ rates }) => rounded(median(rates.get(name) ?? []) / 1e3)),
        ]),
      },
    ],
    figures: results.flatMap(figuresOf),
  };
}

async function measure(shape: Shape, node: NodeVersion, plan: Plan): Promise<Rates> {
  const technologies = names.map((name) => ({ name }));
  const counts = await inRounds(plan.rounds, technologies, ({ name }) =>
    quietest(() => measureOnce(name, shape, node, plan)),
  );
  return new Map([...counts].map(([name, counted]) => [name, counted.map(({ perSecond }) => perSecond)]));
}

async function measureOnce(name: string, shape: Shape, node: NodeVersion, plan: Plan): Promise<Counted> {
  await using server = await RunningServer.start([nodePaths[node], compiled("requests/serve"), name]);
  const client = [
    nodePaths[node],
    compiled("requests/ask"),
    name,
    server.port,
    shape.connections,
    shape.depth,
  ];
  const window = { warmupSeconds: WARMUP_SECONDS, seconds: plan.seconds, serverPid: server.pid };
  const command = [...client.map(String), JSON.stringify(window)];
  return JSON.parse(await runProgram(onCore(cores.load, command))) as Counted;
}

function figuresOf({ shape, node, rates }: { shape: Shape; node: NodeVersion; rates: Rates }): Figure[] {
  return names.flatMap((name) => {
    const goal = `${shape.name} ${name}`;
    if (!(goal in goals)) return [];
    const toOthers = (technology: string) => medianRatio(rates.get(technology)!, rates.get(name));
    return [{ goal: goal as GoalName, node, value: toOthers("ours"), bare: toOthers("bare") }];
  });
}
