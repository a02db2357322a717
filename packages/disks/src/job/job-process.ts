/**
 * The process of one job, started by `spawn-job.ts`. It takes its order, says that it is ready, and on `go` checks
 * everything itself, works, reports and ends. Of the contract it imports types only, and of the kinds of work only its
 * own, so as to be there quickly and to stay small.
 */
import { Refusal } from "@trofie/commands/errors";
import type { JobReport, WorkKind } from "@trofie/contract";
import { linuxMachine } from "../machine/linux-machine.ts";
import { giveBackMemory, giveBackMemorySoon, keepFrugal } from "./node-frugal-memory.ts";
import { Interruption, type CarryOut, type JobClock, type JobContext } from "./job-context.ts";
import type { FromJob, Order, ToJob } from "./job-messages.ts";
import { KeptCheckpoints } from "./kept-checkpoints.ts";
import { PauseGate } from "./pause-gate.ts";

const works: { readonly [K in WorkKind]: () => Promise<CarryOut<K>> } = {
  erase: async () => (await import("../erase/erase.ts")).carryOutErase,
  verify: async () => (await import("../verify/verify.ts")).carryOutVerify,
  "image-write": async () => (await import("../image/image-write.ts")).carryOutImageWrite,
  "image-read": async () => (await import("../image/image-read.ts")).carryOutImageRead,
  health: async () => (await import("../health/health.ts")).carryOutHealth,
  "spin-down": async () => (await import("../upkeep/spin-down.ts")).carryOutSpinDown,
  unmount: async () => (await import("../upkeep/unmount.ts")).carryOutUnmount,
};

const clock: JobClock = {
  nowMs: () => performance.now(),
  every(periodMs, tick) {
    const timer = setInterval(tick, periodMs);
    return () => clearInterval(timer);
  },
  wait: (delayMs, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      if (signal?.aborted) done();
      signal?.addEventListener("abort", done, { once: true });
    }),
};
const stopping = new AbortController();
const gate = new PauseGate();
const checkpoints = new KeptCheckpoints(tell);
let order: Order | null = null;
let hasBegun = false;

process.on("message", (message: ToJob) => {
  if (message.type === "order") take(message);
  if (message.type === "go") void go();
  if (message.type === "stop") stop();
  if (message.type === "pause") gate.pause();
  if (message.type === "resume") gate.resume();
  if (message.type === "kept") checkpoints.kept(message.number);
});

/** The channel closes when the station is gone: nobody is left to watch this job, so it ends. */
process.on("disconnect", () => {
  checkpoints.stationIsGone();
  endWork();
});

/** A signal to everybody (a shutdown, a closed terminal) is for the station to answer: it stops its jobs. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

function take(given: Order): void {
  order = given;
  tell({ type: "ready" });
}

async function go(): Promise<void> {
  if (order === null || hasBegun) return;
  hasBegun = true;
  giveBackMemorySoon();
  tell(await lastWord(order), leave);
}

/** What is none of these is our bug: it ends the process, and the station sees a crash. */
async function lastWord(given: Order): Promise<FromJob> {
  try {
    return { type: "report", report: await carryOut(given) };
  } catch (error) {
    if (error instanceof Interruption) return { type: "interrupted", message: error.message };
    if (!(error instanceof Refusal)) throw error;
    return { type: "refused", code: error.code, message: error.message };
  }
}

async function carryOut({ plan, ...rest }: Order): Promise<JobReport> {
  const work = (await works[plan.kind]()) as CarryOut<WorkKind>;
  giveBackMemory();
  const context = {
    ...rest,
    machine: linuxMachine(),
    plan,
    signal: stopping.signal,
    gate,
    clock,
    tell(event) {
      keepFrugal(event);
      tell({ type: "event", event });
    },
    keep: (checkpoint) => checkpoints.keep(checkpoint),
  } satisfies JobContext<WorkKind>;
  return work(context);
}

function stop(): void {
  endWork();
  if (hasBegun) return;
  hasBegun = true;
  tell({ type: "report", report: notBegun }, leave);
}

/** A paused job goes on first, to find out that it is to end. */
function endWork(): void {
  stopping.abort();
  gate.resume();
}

const notBegun: JobReport = {
  outcome: "stopped",
  message: "Stopped before it began",
  durationMs: 0,
  findings: null,
};

/** A station that is gone hears nothing, and that is no error here. */
function tell(message: FromJob, whenSent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, whenSent);
}

/** Without the channel nothing keeps the process. */
function leave(): void {
  if (process.connected) process.disconnect();
}
