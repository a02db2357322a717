import type { RunningServer } from "../peers/running-server.ts";
import { loadProgram } from "../prepare.ts";
import { type Disturbed, quietest } from "../quietest.ts";
import { cores, onCore, runProgram } from "../run-program.ts";

export type LoadKind = "echo" | "fan" | "open" | "churn";

export interface LoadOptions {
  readonly connections: number;
  /** Lines in flight on each connection, or lines of a burst. */
  readonly depth?: number;
  /** Of a line, without its LF. */
  readonly bytes?: number;
  readonly seconds: number;
  /** Lines per second; open loop only. */
  readonly rate?: number;
}

/** What the load generator prints. */
interface Printed {
  readonly lines: number;
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  readonly ownCpuSeconds: number;
  readonly machineCpuSeconds: number;
  readonly p50Micros?: number;
  readonly p99Micros?: number;
}

export type Load = Printed & Disturbed;

/** From its own core. Rejects when a line came back wrong, or none did. */
export function runLoad(kind: LoadKind, server: RunningServer, options: LoadOptions): Promise<Load> {
  return quietest(() => runOnce(onCore(cores.load, commandOf(kind, server, options))));
}

/** `runLoad`, from whichever core is free. */
export function runLoadAnywhere(kind: LoadKind, server: RunningServer, options: LoadOptions): Promise<Load> {
  return quietest(() => runOnce(commandOf(kind, server, options)));
}

/** Compilers at run time want to have seen the work before. */
export async function warmUp(kind: LoadKind, server: RunningServer, options: LoadOptions): Promise<void> {
  await runOnce(onCore(cores.load, commandOf(kind, server, options)));
}

function commandOf(kind: LoadKind, { port, pid }: RunningServer, options: LoadOptions): string[] {
  const wishes = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return [loadProgram, kind, "--port", String(port), "--server", String(pid), ...wishes];
}

async function runOnce(command: readonly string[]): Promise<Load> {
  const load = JSON.parse(await runProgram(command)) as Printed;
  if (load.lines === 0) throw new Error("Cannot measure: no line came back");
  const othersCpuSeconds = load.machineCpuSeconds - load.serverCpuSeconds - load.ownCpuSeconds;
  return { ...load, othersShare: othersCpuSeconds / load.seconds };
}
