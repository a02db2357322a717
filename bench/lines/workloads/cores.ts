/** A port that two workers share, beside one worker. */
import { compiled, nodePaths, nodeVersions } from "../folders.ts";
import { runLoadAnywhere } from "../load/run-load.ts";
import { RunningServer } from "../peers/running-server.ts";
import { inRounds, median, medianRatio } from "../../figures/rounds.ts";
import type { Outcome, Plan } from "../plan.ts";
import { say } from "../prepare.ts";
import { rounded } from "../../figures/table.ts";

const shapes = nodeVersions.flatMap((node) =>
  [1, 2].map((workers) => ({ name: `Node ${node}, ${workers} workers`, node, workers })),
);

export async function measureCores(plan: Plan): Promise<Outcome> {
  if (!plan.wants("cores")) return { tables: [], figures: [] };
  say("cores…");
  const loads = await inRounds(plan.rounds, shapes, async ({ node, workers }) => {
    const command = [nodePaths[node], compiled("cores/serve"), String(workers)];
    await using server = await RunningServer.startAnywhere(command);
    return await runLoadAnywhere("echo", server, { connections: 64, depth: 64, seconds: plan.seconds });
  });
  const rates = (name: string) => loads.get(name)!.map(({ lines, seconds }) => lines / seconds);
  return {
    tables: [
      {
        title: "Workers that share a port, 10 µs of work for each line, thousand lines per second",
        note:
          "64 connections, 64 lines in flight on each. The load takes its share of the same two cores, the more the " +
          "fewer lines come together: `bare` is how many cores it leaves to two workers.",
        header: ["server", ""],
        rows: shapes.map(({ name }) => [name, rounded(median(rates(name)) / 1e3)]),
      },
    ],
    figures: nodeVersions.map((node) => ({
      goal: "2 workers",
      node,
      value: medianRatio(rates(`Node ${node}, 2 workers`), rates(`Node ${node}, 1 workers`)),
      bare: median(
        loads
          .get(`Node ${node}, 2 workers`)!
          .map(({ seconds, ownCpuSeconds }) => 2 - ownCpuSeconds / seconds),
      ),
    })),
  };
}
