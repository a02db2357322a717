/** The station's side of a job's process. */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { JobEnd, JobProcess, OnJobEvent } from "../disk-host.ts";
import type { FromJob, Order, ToJob } from "./job-messages.ts";
import type { Machine } from "../machine/machine.ts";
import { readProcessId } from "../machine/process-id.ts";

/** Starts the process and gives it its order; returns when it says that it is ready. */
export async function spawnJob(machine: Machine, order: Order, onEvent: OnJobEvent): Promise<JobProcess> {
  const child = forkJob();
  const ended = endOf(child);
  child.on("message", (message: FromJob) => {
    if (message.type === "event") void onEvent(message.event);
    if (message.type === "keep") void keep(child, message, onEvent);
  });
  tell(child, order);
  await readiness(child, ended);
  const id = await readProcessId(machine, child.pid ?? 0);
  if (id === null) throw new Error("The job's process is gone before its job");
  return {
    process: id,
    go: () => tell(child, { type: "go" }),
    stop: () => tell(child, { type: "stop" }),
    pause: () => tell(child, { type: "pause" }),
    resume: () => tell(child, { type: "resume" }),
    ended,
  };
}

/** What will not be kept is never answered: its station is about to end, and its channel with it. */
async function keep(
  child: ChildProcess,
  { event, number }: Extract<FromJob, { type: "keep" }>,
  onEvent: OnJobEvent,
): Promise<void> {
  try {
    await onEvent(event);
  } catch {
    return; // whoever could not keep it has told of it
  }
  tell(child, { type: "kept", number });
}

/**
 * A session of its own, so that Ctrl-C in the station's terminal is not for it; no environment but what it needs
 * itself. There may be a hundred of these processes, each with few objects and little code, so memory goes before speed
 * where the work does not feel it: little room for short-lived objects, nobody to collect them beside the work, no code
 * of a compiler between the interpreter and the best one, one arena of malloc that gives back what is free.
 */
function forkJob(): ChildProcess {
  const program = fileURLToPath(import.meta.resolve("@trofie/disks/job-process"));
  const frugal = ["--max-semi-space-size=1", "--single-threaded", "--no-sparkplug", "--expose-gc"];
  return fork(program, [], {
    cwd: "/",
    detached: true,
    env: {
      // The blocks in flight, and the questions beside them.
      UV_THREADPOOL_SIZE: "6",
      MALLOC_ARENA_MAX: "1",
      MALLOC_TRIM_THRESHOLD_: "65536",
      MALLOC_MMAP_THRESHOLD_: "16384",
    },
    execArgv: [...frugal, ...(program.endsWith(".ts") ? ["--conditions=trofie-source"] : [])],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

/** To a process that is gone there is nothing to tell; how it went is in `ended`. */
function tell(child: ChildProcess, message: ToJob): void {
  if (child.connected) child.send(message, () => {});
}

async function readiness(child: ChildProcess, ended: Promise<JobEnd>): Promise<void> {
  const ready = new Promise<null>((resolve) => {
    child.on("message", (message: FromJob) => {
      if (message.type === "ready") resolve(null);
    });
  });
  const end = await Promise.race([ready, ended]);
  if (end === null) return;
  throw new Error("message" in end ? end.message : "The job's process ended before its job");
}

/** "close" comes after the exit and after the last message, whichever is later. */
function endOf(child: ChildProcess): Promise<JobEnd> {
  let said: JobEnd | null = null;
  let complaint = "";
  child.on("message", (message: FromJob) => {
    if (message.type === "report") said = { how: "reported", report: message.report };
    if (message.type === "interrupted") said = { how: "interrupted", message: message.message };
    if (message.type === "refused") said = { how: "refused", code: message.code, message: message.message };
  });
  child.stderr?.on("data", (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2000)));
  return new Promise((resolve) => {
    child.on("close", (exitCode, signal) => resolve(said ?? crash(exitCode, signal, complaint)));
    child.on("error", (error) => {
      if (child.pid === undefined) resolve(crash(null, null, error.message));
    });
  });
}

function crash(exitCode: number | null, signal: string | null, complaint: string): JobEnd {
  const way = signal === null ? `exit code ${exitCode}` : `killed by ${signal}`;
  const words = complaint.split("\n").find((line) => /error/i.test(line));
  return {
    how: "crashed",
    exitCode,
    signal,
    message: `The job's process ended without a report, ${way}${words ? `: ${words.trim()}` : ""}`,
  };
}
