import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Case, Trace } from "./case.ts";

/** Debian's Python, the one that has Debian's Twisted. */
export const PYTHON = "/usr/bin/python3";

/** Python writes no compiled files beside its sources. */
export const LEAVES_NOTHING = ["-B"];

/** Twisted's version, or `undefined` where it is not installed (Debian's `python3-twisted`). */
export function twistedVersion(): string | undefined {
  const { status, stdout } = spawnSync(PYTHON, ["-c", "import twisted; print(twisted.__version__)"]);
  return status === 0 ? stdout.toString().trim() : undefined;
}

/** Twisted's own parsers in a process of their own. */
export class TwistedProcess implements AsyncDisposable {
  readonly #child = spawn(PYTHON, [...LEAVES_NOTHING, join(import.meta.dirname, "traces.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  readonly #answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  /** What Twisted makes of each case. */
  async tracesOf(cases: readonly Case[]): Promise<Trace[]> {
    this.#child.stdin.write(cases.map((one) => `${JSON.stringify(one)}\n`).join("") + "\n");
    const traces: Trace[] = [];
    while (traces.length < cases.length) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("Cannot ask Twisted: its process has ended");
      traces.push(JSON.parse(value) as Trace);
    }
    return traces;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
  }
}
