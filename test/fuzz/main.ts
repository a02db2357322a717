/**
 * Fuzzes the protocol's two ends: `npm run fuzz -- --execs 1000000`. An execution is one input on one connection, all
 * of it checked. Ends with one line of figures, and with code 1 when something broke, hung, or kept growing. Interrupted,
 * it ends likewise with what was done until then.
 *
 * `--seed N` (else a new one), `--from N` begins at that execution, `--only station|client`, `--replay WORD` executes one
 * input that was found before.
 */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { Fuzzer } from "./fuzzer.ts";
import { worldExecutions } from "./campaign.ts";
import { inputOf, textOf, type End } from "./fuzz-input.ts";
import { begun, stop, type FromThread, type ThreadOrder } from "./thread-messages.ts";

const { values } = parseArgs({
  options: {
    execs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(1 + Math.floor(Math.random() * 2 ** 31)) },
    from: { type: "string", default: "0" },
    only: { type: "string", default: "both" },
    replay: { type: "string" },
  },
});

const [seed, execs, from] = [Number(values.seed), Number(values.execs), Number(values.from)];
const end = values.only as End;

/** An execution that takes longer hangs: the longest ones take some hundred milliseconds. */
const hangsAfterMs = 60_000;

/** Memory may grow that much from the tenth part of a campaign to its end: what engines do, not what leaks do. */
const mayGrowBytes = 32 * 1_048_576;

process.exitCode = values.replay === undefined ? await fuzz() : await replay(values.replay);

async function replay(word: string): Promise<number> {
  Error.stackTraceLimit = 50;
  const input = inputOf(word);
  console.log(textOf(input));
  using fuzzer = new Fuzzer();
  const breach = await fuzzer.execute(input);
  console.log(breach ?? "nothing broke");
  return breach ? 1 : 0;
}

async function fuzz(): Promise<number> {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const order: ThreadOrder = { seed, from, execs, end, shared };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => Atomics.store(shared, stop, 1));
  const thread = new Worker(new URL("fuzz-thread.ts", import.meta.url), {
    workerData: order,
    resourceLimits: { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 256 },
  });
  const before = { ms: performance.now(), cpu: process.cpuUsage() };
  const memory: Extract<FromThread, { kind: "memory" }>[] = [];
  console.log(`fuzzing ${end === "both" ? "both ends" : `the ${end}`} with seed ${seed}`);
  const outcome = Promise.withResolvers<Extract<FromThread, { kind: "done" }>>();
  const watch = watchOver(shared, (execution) =>
    outcome.resolve({ kind: "done", execs: execution - from, crashes: 0, hangs: 1, met: [] }),
  );
  thread.on("error", outcome.reject);
  thread.on("message", (message: FromThread) => {
    if (message.kind === "done") outcome.resolve(message);
    else if (message.kind === "finding") tellFinding(message);
    else {
      memory.push(message);
      console.log(
        `${message.execs} executions: ${mebibytes(message.rssBytes)}, heap ${mebibytes(message.heapBytes)}`,
      );
    }
  });
  const { execs: done, crashes, hangs, met } = await outcome.promise;
  clearInterval(watch);
  await thread.terminate();
  tellMet(met);
  const cpu = process.cpuUsage(before.cpu);
  const perSecond = (microseconds: number): number => Math.round(done / (microseconds / 1e6));
  console.log(`${perSecond((performance.now() - before.ms) * 1e3)}/s by the clock on the wall`);
  const growth = `memory ${mebibytes(memory[0]?.rssBytes ?? 0)} → ${mebibytes(memory.at(-1)?.rssBytes ?? 0)}`;
  const speed = `${perSecond(cpu.user + cpu.system)}/s`;
  console.log(
    `fuzz: ${done} executions, ${crashes} crashes, ${hangs} hangs, ${growth}, ${speed}, seed ${seed}`,
  );
  return crashes + hangs > 0 || hasGrown(memory) ? 1 : 0;
}

/** Looks every second whether a new execution was begun. */
function watchOver(shared: Int32Array, hangs: (execution: number) => void): NodeJS.Timeout {
  let last = -1;
  let sinceMs = performance.now();
  return setInterval(() => {
    const newest = Atomics.load(shared, begun);
    if (newest !== last) {
      last = newest;
      sinceMs = performance.now();
    } else if (performance.now() - sinceMs > hangsAfterMs) {
      console.log(`\nExecution ${last} hangs.\nAgain: ${againFrom(last, 1)}\n`);
      hangs(last);
    }
  }, 1_000);
}

/** The command that begins the campaign there. */
function againFrom(execution: number, count: number): string {
  return `npm run fuzz -- --seed ${seed} --only ${end} --from ${execution} --execs ${count}`;
}

function tellFinding({
  execution,
  what,
  text,
  word,
  breaksAlone,
}: Extract<FromThread, { kind: "finding" }>): void {
  const block = execution - (execution % worldExecutions);
  const again = breaksAlone ? `npm run fuzz -- --replay ${word}` : againFrom(block, execution - block + 1);
  const where = breaksAlone ? "by this alone" : "only after what came before";
  console.log(
    `\nBroken in execution ${execution} of seed ${seed}, ${where}: ${what}\n${text}\nAgain: ${again}\n`,
  );
}

/** What was met, for whoever asks whether it was tried at all. */
function tellMet(met: readonly (readonly [string, number])[]): void {
  const sorted = met.toSorted(([, a], [, b]) => b - a);
  console.log(`met: ${sorted.map(([what, times]) => `${what} ${times}`).join(", ")}`);
}

function hasGrown(memory: readonly { readonly rssBytes: number; readonly heapBytes: number }[]): boolean {
  const [first, last] = [memory[0], memory.at(-1)];
  if (!first || !last) return false;
  return last.rssBytes > first.rssBytes + mayGrowBytes || last.heapBytes > first.heapBytes + mayGrowBytes;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`;
}
