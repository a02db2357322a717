/** A client whose reactor has a thread of its own, beside one that lives in the main thread. */
import { compiled, nodePaths, type NodeVersion, nodeVersions } from "../folders.ts";
import type { Counted } from "../load/count-in-window.ts";
import { peers } from "../peers/peers.ts";
import { RunningServer } from "../peers/running-server.ts";
import { inRounds, median, medianRatio } from "../../figures/rounds.ts";
import type { Outcome, Plan } from "../plan.ts";
import { say } from "../prepare.ts";
import { quietest } from "../quietest.ts";
import { rounded } from "../../figures/table.ts";
import { runProgram } from "../run-program.ts";

type Client = Counted & { readonly p50Micros: number };

/** In that order in every round. */
const clients = [
  { name: "in-thread", kind: "in-thread", depth: 64 },
  { name: "threaded", kind: "threaded", depth: 64 },
  { name: "in-thread, one", kind: "in-thread", depth: 1 },
  { name: "threaded, one", kind: "threaded", depth: 1 },
  { name: "events" },
] as const;
type Program = (typeof clients)[number];

const WARMUP_SECONDS = 0.7;
const echo = peers.find(({ name }) => name === "c")!;

export async function measureThreads(plan: Plan): Promise<Outcome> {
  if (!plan.wants("thread")) return { tables: [], figures: [] };
  say("thread…");
  const results = [];
  for (const node of nodeVersions) results.push(await measureOn(node, plan));
  return {
    tables: [
      {
        title: "A client in its thread",
        note: "Against the C server. Client and server share both cores: a client in its thread has two threads.",
        header: [
          "client",
          "64 in flight, thousand lines/s",
          "1 in flight, p50 µs",
          "events, thousand lines/s",
        ],
        rows: results.flatMap(({ rows }) => rows),
      },
    ],
    figures: results.flatMap(({ figures }) => figures),
  };
}

async function measureOn(node: NodeVersion, plan: Plan) {
  const counts = await inRounds(plan.rounds, clients, (client) =>
    quietest(() => measure(client, node, plan)),
  );
  const perSecond = (name: Program["name"]) => counts.get(name)!.map((client) => client.perSecond);
  const p50Micros = (name: Program["name"]) => median(counts.get(name)!.map((client) => client.p50Micros));
  const wakeUps = await inRounds(plan.rounds, [{ name: "wake-up" }], () => wakeUp(node));
  const addedMicros = p50Micros("threaded, one") - p50Micros("in-thread, one");
  const events = median(perSecond("events"));
  const row = (kind: "in-thread" | "threaded", eventsPerSecond?: number) => [
    `${kind}, Node ${node}`,
    ...[median(perSecond(kind)) / 1e3, p50Micros(`${kind}, one`), eventsPerSecond].map(rounded),
  ];
  return {
    rows: [row("in-thread"), row("threaded", events / 1e3)],
    figures: [
      {
        goal: "thread 64 in flight",
        node,
        value: medianRatio(perSecond("threaded"), perSecond("in-thread")),
      },
      {
        goal: "thread 1 in flight",
        node,
        value: addedMicros,
        bare: median(wakeUps.get("wake-up")!.map(({ p50Micros: micros }) => micros)),
      },
      { goal: "thread events", node, value: events / 1e6 },
    ] as const,
  };
}

/** A message to another thread of Node's and back, and nothing else. */
async function wakeUp(node: NodeVersion): Promise<{ readonly p50Micros: number }> {
  return JSON.parse(await runProgram([nodePaths[node], compiled("threads/wake-up")])) as {
    p50Micros: number;
  };
}

async function measure(program: Program, node: NodeVersion, { seconds }: Plan): Promise<Client> {
  const isEvents = program.name === "events";
  const flood = [nodePaths[26], compiled("threads/flood")];
  await using server = await (isEvents ? RunningServer.start(flood) : RunningServer.ofPeer(echo, "echo"));
  const window = JSON.stringify({ warmupSeconds: WARMUP_SECONDS, seconds, serverPid: server.pid });
  const words = isEvents
    ? [compiled("threads/events"), server.port, window]
    : [compiled("threads/client"), program.kind, server.port, program.depth, window];
  return JSON.parse(await runProgram([nodePaths[node], ...words.map(String)])) as Client;
}
