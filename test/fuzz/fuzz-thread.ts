/** The thread that fuzzes: another one watches that it goes on, and can end it when it does not. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { runCampaign } from "./campaign.ts";
import { textOf, wordOf } from "./fuzz-input.ts";
import type { FromThread, ThreadOrder } from "./thread-messages.ts";

const { seed, from, execs, end, begun } = workerData as ThreadOrder;

// Errors are thrown by the million here, and nobody reads where; what is found is executed again.
Error.stackTraceLimit = 0;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- Threads have no origin.
const post = (message: FromThread): void => parentPort!.postMessage(message);

/** After how many executions the memory is measured. */
const marks = [0.1, 0.5, 1].map((part) => Math.floor(execs * part));
const met = new Map<string, number>();

function measure(execution: number): void {
  const part = marks.indexOf(execution - from);
  if (part === -1) return;
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  post({ kind: "memory", execs: execution - from, rssBytes: rss, heapBytes: heapUsed });
}

const {
  crashes,
  hangs,
  execs: done,
} = await runCampaign({
  seed,
  from,
  execs,
  end,
  met: (what) => met.set(what, (met.get(what) ?? 0) + 1),
  began: (execution) => {
    Atomics.store(begun, 0, execution);
    measure(execution);
  },
  found: ({ execution, breach, shortest, breaksAlone }) =>
    post({
      kind: "finding",
      execution,
      breaksAlone,
      word: wordOf(shortest),
      text: textOf(shortest),
      what: breach.message,
    }),
});
measure(from + execs);
post({ kind: "done", execs: done, crashes, hangs, met: [...met] });
