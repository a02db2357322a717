/** The thread that fuzzes: another one watches that it goes on, and can end it when it does not. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { runCampaign } from "./campaign.ts";
import { textOf, wordOf } from "./fuzz-input.ts";
import { begun, stop, type FromThread, type ThreadOrder } from "./thread-messages.ts";

const { seed, from, execs, end, shared } = workerData as ThreadOrder;

// Errors are thrown by the million here, and nobody reads where; what is found is executed again.
Error.stackTraceLimit = 0;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- Threads have no origin.
const post = (message: FromThread): void => parentPort!.postMessage(message);

/** After how many executions the memory is measured. */
const marks = new Set([0.1, 0.5].map((part) => Math.floor(execs * part)));
const met = new Map<string, number>();

function measure(executed: number): void {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  post({ kind: "memory", execs: executed, rssBytes: rss, heapBytes: heapUsed });
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
    Atomics.store(shared, begun, execution);
    if (marks.has(execution - from)) measure(execution - from);
  },
  isStopped: () => Atomics.load(shared, stop) === 1,
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
measure(done);
post({ kind: "done", execs: done, crashes, hangs, met: [...met] });
