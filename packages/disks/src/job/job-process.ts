/**
 * The process of one job, started by `spawn-job.ts`. It takes its order, says that it is ready, and on `go` checks
 * everything itself, erases, reports and ends. Of the contract it imports types only, so as to be there quickly.
 */
import { Refusal } from "@trofie/commands";
import type { JobReport } from "@trofie/contract";
import { erase, type JobClock } from "../erase/erase.ts";
import type { FromJob, Order, ToJob } from "./job-messages.ts";
import { linuxMachine } from "../machine/linux-machine.ts";
import { openPlanned } from "../disk/open-planned.ts";

const machine = linuxMachine();
const clock: JobClock = {
  nowMs: () => performance.now(),
  every(periodMs, tick) {
    const timer = setInterval(tick, periodMs);
    return () => clearInterval(timer);
  },
};
const stopping = new AbortController();
let order: Order | null = null;
let hasBegun = false;

process.on("message", (message: ToJob) => {
  if (message.type === "order") take(message);
  if (message.type === "go") void go();
  if (message.type === "stop") stop();
});

/** The channel closes when the station is gone: nobody is left to watch this job, so it ends. */
process.on("disconnect", () => stopping.abort());

/** A signal to everybody (a shutdown, a closed terminal) is for the station to answer: it stops its jobs. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

function take(given: Order): void {
  order = given;
  tell({ type: "ready" });
}

async function go(): Promise<void> {
  if (order === null || hasBegun) return;
  hasBegun = true;
  tell(await lastWord(order), leave);
}

/** What is neither a report nor a refusal is our bug: it ends the process, and the station sees a crash. */
async function lastWord(given: Order): Promise<FromJob> {
  try {
    return { type: "report", report: await carryOut(given) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { type: "refused", code: error.code, message: error.message };
  }
}

async function carryOut({ plan, places }: Order): Promise<JobReport> {
  const { disk, checkIdentity } = await openPlanned(machine, places, plan);
  try {
    return await erase({
      disk,
      plan,
      signal: stopping.signal,
      checkIdentity,
      clock,
      onEvent: (event) => tell({ type: "event", event }),
    });
  } finally {
    await disk.close().catch(() => {}); // what counts was flushed and read back; closing adds nothing to it
  }
}

function stop(): void {
  stopping.abort();
  if (hasBegun) return;
  hasBegun = true;
  tell({ type: "report", report: notBegun }, leave);
}

const notBegun: JobReport = {
  outcome: "stopped",
  message: "Stopped before it began",
  directIo: false,
  passes: [],
  verification: null,
  durationMs: 0,
};

/** A station that is gone hears nothing, and that is no error here. */
function tell(message: FromJob, whenSent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, whenSent);
}

/** Without the channel nothing keeps the process. */
function leave(): void {
  if (process.connected) process.disconnect();
}
