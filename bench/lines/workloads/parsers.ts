import { compiled, nodePaths, type NodeVersion, nodeVersions } from "../folders.ts";
import { inRounds, median, medianRatio } from "../../figures/rounds.ts";
import type { Outcome, Plan } from "../plan.ts";
import { say } from "../prepare.ts";
import type { Figure } from "../report/goals.ts";
import { rounded } from "../../figures/table.ts";
import { cores, onCore, runProgram } from "../run-program.ts";

interface Durations {
  readonly endsMs: number;
  readonly splitMs: number;
  readonly byteByByteMs: number;
}

const onNode = nodeVersions.map((node) => ({ name: `Node ${node}`, node }));

export async function measureParsers(plan: Plan): Promise<Outcome> {
  if (!plan.wants("parsers")) return { tables: [], figures: [] };
  say("parsers…");
  const durations = await inRounds(plan.rounds, onNode, ({ node }) => measure(node, plan));
  const ms = (name: string, what: keyof Durations) => durations.get(name)!.map((one) => one[what]);
  return {
    tables: [
      {
        title: "Parsing alone, ms",
        header: ["", "1 MiB of 16-byte lines", "Buffer.indexOf alone", "100 KB line byte by byte"],
        rows: onNode.map(({ name }) => [
          name,
          ...(["splitMs", "endsMs", "byteByByteMs"] as const).map((what) => rounded(median(ms(name, what)))),
        ]),
      },
    ],
    figures: onNode.flatMap(({ name, node }): Figure[] => [
      { goal: "parse 1 MiB", node, value: medianRatio(ms(name, "splitMs"), ms(name, "endsMs")) },
      { goal: "parse byte by byte", node, value: median(ms(name, "byteByByteMs")) },
    ]),
  };
}

async function measure(node: NodeVersion, { seconds }: Plan): Promise<Durations> {
  const program = [nodePaths[node], compiled("parsers/parse"), String(seconds)];
  return JSON.parse(await runProgram(onCore(cores.server, program))) as Durations;
}
