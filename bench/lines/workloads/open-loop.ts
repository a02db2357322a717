/** Latency when lines come on a fixed grid of time, however late the answers are. */
import { nodeVersions } from "../folders.ts";
import { type Load, runLoad, warmUp } from "../load/run-load.ts";
import { RunningServer } from "../peers/running-server.ts";
import { inRounds, median } from "../../figures/rounds.ts";
import type { Outcome, Plan } from "../plan.ts";
import { say } from "../prepare.ts";
import type { Figure } from "../report/goals.ts";
import { rounded } from "../../figures/table.ts";

export async function measureOpenLoop(plan: Plan): Promise<Outcome> {
  if (!plan.wants("open")) return { tables: [], figures: [] };
  say("open…");
  const loads = await inRounds(plan.rounds, plan.peers, async (peer) => {
    await using server = await RunningServer.ofPeer(peer, "echo");
    const options = { connections: 64, rate: 20_000, seconds: plan.seconds };
    await warmUp("open", server, options);
    return await runLoad("open", server, options);
  });
  const p50Micros = (name: string) =>
    median((loads.get(name) ?? []).map((load: Load) => load.p50Micros ?? Number.NaN));
  const p99Micros = (name: string) =>
    median((loads.get(name) ?? []).map((load: Load) => load.p99Micros ?? Number.NaN));
  return {
    tables: [
      {
        title: "Open loop: 20,000 lines of 64 bytes per second over 64 connections, µs",
        header: ["peer", "p50", "p99"],
        rows: plan.peers.map(({ name }) => [name, rounded(p50Micros(name)), rounded(p99Micros(name))]),
      },
    ],
    figures: nodeVersions
      .filter((node) => loads.has(`ours-${node}`))
      .flatMap((node): Figure[] => [
        { goal: "open p50", node, value: p50Micros(`ours-${node}`), bare: p50Micros(`bare-${node}`) },
        { goal: "open p99", node, value: p99Micros(`ours-${node}`), bare: p99Micros(`bare-${node}`) },
      ]),
  };
}
