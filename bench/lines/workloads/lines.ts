/** Ping-pong, pipelined lines, churn and fan-out, each peer beside the C server. */
import { type NodeVersion, nodeVersions } from "../folders.ts";
import { type Load, type LoadKind, type LoadOptions, runLoad, warmUp } from "../load/run-load.ts";
import type { Peer } from "../peers/peer.ts";
import { RunningServer } from "../peers/running-server.ts";
import { inRounds, median, medianRatio } from "../../figures/rounds.ts";
import type { Outcome, Plan } from "../plan.ts";
import { say } from "../prepare.ts";
import { type Figure, type GoalName, goals } from "../report/goals.ts";
import { rounded } from "../../figures/table.ts";

interface LineWorkload {
  readonly name: string;
  readonly kind: LoadKind;
  readonly load: Omit<LoadOptions, "seconds">;
  /** One line at a time leaves the server idle: there it is the rate that counts, elsewhere the work per CPU time. */
  readonly counts?: "rate";
}

const workloads: readonly LineWorkload[] = [
  { name: "pp-c1-64", kind: "echo", load: { connections: 1 }, counts: "rate" },
  { name: "pp-c64-64", kind: "echo", load: { connections: 64 } },
  { name: "pp-c1000-64", kind: "echo", load: { connections: 1_000 } },
  { name: "pl-d64-64", kind: "echo", load: { connections: 8, depth: 64 } },
  { name: "pl-d256-16", kind: "echo", load: { connections: 8, depth: 256, bytes: 16 } },
  { name: "pl-d256-64", kind: "echo", load: { connections: 8, depth: 256 } },
  { name: "pl-d256-1024", kind: "echo", load: { connections: 8, depth: 256, bytes: 1_024 } },
  { name: "churn", kind: "churn", load: { connections: 64 } },
  { name: "fan1", kind: "fan", load: { connections: 1_000, depth: 1 } },
  { name: "fan16", kind: "fan", load: { connections: 1_000, depth: 16 } },
];

type Loads = ReadonlyMap<string, readonly Load[]>;

const rate = ({ lines, seconds }: Load) => lines / seconds;
const perCpuSecond = ({ lines, serverCpuSeconds }: Load) => lines / serverCpuSeconds;
const cpuMicros = (load: Load) => 1e6 / perCpuSecond(load);

export async function measureLines(plan: Plan): Promise<Outcome> {
  const wanted = workloads.filter(({ name }) => plan.wants(name));
  const results: [LineWorkload, Loads][] = [];
  for (const workload of wanted) {
    const loads = await measure(workload, plan);
    results.push([workload, loads]);
    say(`${workload.name}: ${shortly(loads)}`);
  }
  if (wanted.length === 0) return { tables: [], figures: [] };

  const table = (
    title: string,
    note: string,
    cell: (workload: LineWorkload, loads: Loads, peer: Peer) => number,
  ) => ({
    title,
    note,
    header: ["peer", ...wanted.map(({ name }) => name)],
    rows: plan.peers.map((peer) => [
      peer.name,
      ...results.map(([workload, loads]) => rounded(cell(workload, loads, peer))),
    ]),
  });
  const of = (loads: Loads, name: string, what: (load: Load) => number) => (loads.get(name) ?? []).map(what);
  return {
    tables: [
      table("Lines per CPU second of the server, to C's", "", (_, loads, { name }) =>
        medianRatio(of(loads, name, perCpuSecond), of(loads, "c", perCpuSecond)),
      ),
      table(
        "Lines per second, to C's",
        "Where the load or other programs are the limit, this says less.",
        (_, loads, { name }) => medianRatio(of(loads, name, rate), of(loads, "c", rate)),
      ),
      table("CPU time of the server per line (per connection: churn), µs", "", (_, loads, { name }) =>
        median(of(loads, name, cpuMicros)),
      ),
      table("Thousand lines per second", "", (_, loads, { name }) => median(of(loads, name, rate)) / 1e3),
    ],
    figures: results.flatMap(([workload, loads]) =>
      nodeVersions.flatMap((node) => figuresOf(workload, loads, node)),
    ),
  };
}

async function measure({ kind, load }: LineWorkload, plan: Plan): Promise<Loads> {
  await using stack = new AsyncDisposableStack();
  const servers: { name: string; server: RunningServer }[] = [];
  for (const peer of plan.peers) {
    const server = stack.use(await RunningServer.ofPeer(peer, kind === "fan" ? "fan" : "echo"));
    servers.push({ name: peer.name, server });
  }
  const options = { ...load, seconds: plan.seconds };
  for (const { server } of servers) await warmUp(kind, server, options);
  return await inRounds(plan.rounds, servers, async ({ name, server }) => {
    try {
      return await runLoad(kind, server, options);
    } catch (error) {
      if (name.startsWith("ours")) throw error;
      say(`${name}, once more: ${String(error)}`);
      return await runLoad(kind, server, options);
    }
  });
}

/** For whoever watches: the whole takes a while. */
function shortly(loads: Loads): string {
  const c = (loads.get("c") ?? []).map(perCpuSecond);
  return [...loads]
    .map(([name, one]) => `${name} ${rounded(medianRatio(one.map(perCpuSecond), c))}`)
    .join(", ");
}

function figuresOf({ name, counts }: LineWorkload, loads: Loads, node: NodeVersion): Figure[] {
  const ours = loads.get(`ours-${node}`);
  if (!ours) return [];
  const what = counts === "rate" ? rate : perCpuSecond;
  const bare = loads.get(`bare-${node}`);
  const c = loads.get("c");
  const figures: Figure[] = [];
  const ratio = (one: readonly Load[], other: readonly Load[], measured: (load: Load) => number) =>
    medianRatio(one.map(measured), other.map(measured));
  if (name in goals && c)
    figures.push({
      goal: name as GoalName,
      node,
      value: ratio(ours, c, what),
      ...(bare && { bare: ratio(bare, c, what) }),
    });
  if (`layer ${name}` in goals && bare)
    figures.push({ goal: `layer ${name}` as GoalName, node, value: ratio(ours, bare, cpuMicros) });
  return figures;
}
