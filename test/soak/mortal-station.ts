/** A real station as its own program, on the same state folder through all its lives. */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const packageFolder = join(import.meta.dirname, "../../packages/station");
const compiled = join(packageFolder, "dist/main.js");

export type Program = "compiled" | "source";

export interface MortalStationOptions {
  readonly program: Program;
  readonly statePath: string;
  readonly socketPath: string;
  readonly practicePath: string;
  readonly port: number;
}

/** One that takes longer hangs: it takes less than a second. */
const opensWithinMs = 120_000;

/** The channel is for the day on which this program dies first: then the station ends too. */
const stdio: StdioOptions = ["ignore", "pipe", "pipe", "ipc"];

/** It has ended, and nobody has killed it. */
export class EndedByItself extends Error {
  override readonly name = "EndedByItself";
}

/** The compiled program where there is one; its start is faster. */
export function programThere(): Program {
  return existsSync(compiled) ? "compiled" : "source";
}

export class MortalStation implements AsyncDisposable {
  /** What it has written to standard error, in all its lives. */
  complaints = "";
  /** How long it took to say where it listens, the last time it did. */
  startMs = 300;
  readonly #command: readonly string[];
  #process: ChildProcess | null = null;

  constructor({ program, statePath, socketPath, practicePath, port }: MortalStationOptions) {
    const source = ["--conditions=trofie-source", join(packageFolder, "src/main.ts")];
    const places = ["--state", statePath, "--socket", socketPath, "--practice", practicePath];
    this.#command = [...(program === "compiled" ? [compiled] : source), ...places, "--port", String(port)];
  }

  /** The first trace of a stack that it has written: a mistake of its own. */
  get mistake(): string | null {
    const at = this.complaints.search(/\n {4}at /);
    return at === -1 ? null : this.complaints.slice(Math.max(0, at - 500), at + 1_500);
  }

  /** Begins a life. Resolves when it listens, or was killed before; rejects when it has `EndedByItself`, or hangs. */
  async start(): Promise<void> {
    const begunMs = performance.now();
    const station = spawn(process.execPath, this.#command, { stdio, cwd: "/" });
    this.#process = station;
    station.stderr!.on("data", (text: Buffer) => (this.complaints += text.toString()));
    const ended = once(station, "close").then(([code, signal]) => this.#ended(station, code ?? signal));
    const signal = AbortSignal.timeout(opensWithinMs);
    const listens = once(createInterface({ input: station.stdout! }), "line", { signal });
    for (const later of [ended, listens]) later.catch(() => {}); // of an end `kill` and `stop` tell
    await Promise.race([listens, ended]);
    if (this.#process === station) this.startMs = performance.now() - begunMs;
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends it in order, as a supervisor does. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const station = this.#process;
    if (station !== null && !hasEnded(station)) await this.kill();
  }

  #ended(station: ChildProcess, how: number | string): void {
    if (this.#process !== station) return;
    this.#process = null;
    throw new EndedByItself(`The station has ended by itself, with ${how}: ${this.complaints.slice(-2_000)}`);
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const station = this.#process;
    if (station === null || hasEnded(station))
      throw new EndedByItself(`The station had ended before it was killed: ${this.complaints.slice(-2_000)}`);
    this.#process = null;
    const closed = once(station, "exit");
    station.kill(signal);
    const [code] = (await closed) as [number | null];
    if (signal === "SIGTERM" && code !== 0)
      throw new EndedByItself(`The station ended with ${code}, told to end`);
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
