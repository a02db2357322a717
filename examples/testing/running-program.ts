import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const LONGEST_WAIT_MS = 30_000;

/** A program in a process of its own, with all that it has printed. Killed at the end of a block by `await using`. */
export class RunningProgram implements AsyncDisposable {
  readonly child: ChildProcess;

  /** Its exit code, once it has ended and all that it printed is here. */
  readonly ended: Promise<number | null>;
  out = "";
  errors = "";
  #hasEnded = false;
  #somethingNew = Promise.withResolvers<void>();

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args);
    this.child.stdout?.on("data", (bytes: Buffer) => this.#heard({ out: bytes.toString() }));
    this.child.stderr?.on("data", (bytes: Buffer) => this.#heard({ errors: bytes.toString() }));
    this.ended = once(this.child, "close").then(() => {
      this.#hasEnded = true;
      this.#heard({});
      return this.child.exitCode;
    });
  }

  /** Runs a program of the examples, such as `echo/server.ts`. */
  static example(path: string, ...args: string[]): RunningProgram {
    const file = join(import.meta.dirname, "..", path);
    return new RunningProgram(process.execPath, ["--conditions=trofie-source", file, ...args]);
  }

  /** What stands in its output at `pattern`, now or later. Rejects when it does not say it, with what it said. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const patience = AbortSignal.timeout(LONGEST_WAIT_MS);
    patience.addEventListener("abort", () => this.#heard({}));
    for (;;) {
      const found = pattern.exec(this.out) ?? pattern.exec(this.errors);
      if (found) return found;
      if (this.#hasEnded || patience.aborted) {
        throw new Error(`It does not say ${pattern}, but: ${this.out}${this.errors}`);
      }
      await this.#somethingNew.promise;
    }
  }

  types(...lines: string[]): void {
    this.child.stdin?.write(lines.map((line) => `${line}\n`).join(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  #heard({ out = "", errors = "" }): void {
    this.out += out;
    this.errors += errors;
    this.#somethingNew.resolve();
    this.#somethingNew = Promise.withResolvers();
  }
}

/** Starts a server of the examples on a port that is free, and waits until it listens there. */
export async function startServer(path: string, ...args: string[]): Promise<ListeningProgram> {
  const server = RunningProgram.example(path, "0", ...args);
  const { 1: port } = await server.says(/Listening on 127\.0\.0\.1:(\d+)/);
  return Object.assign(server, { port: port! });
}

export type ListeningProgram = RunningProgram & { readonly port: string };
