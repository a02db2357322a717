/** A terminal in a folder, where the commands of a page are typed and what they print is read. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "vitest";

const PATIENCE_MS = 30_000;

interface Job {
  readonly command: string;
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
}

export class Terminal implements AsyncDisposable {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #jobs: Job[] = [];
  #printed = "";
  #changed = Promise.withResolvers<void>();

  /** Programs that have compiled the same sources before start faster with a `compileCache` that they share. */
  constructor(folder: string, compileCache: string) {
    this.#folder = folder;
    this.#env = {
      PATH: process.env["PATH"],
      NODE_OPTIONS: "--conditions=trofie-source",
      NODE_COMPILE_CACHE: compileCache,
      NO_COLOR: "1",
    };
  }

  /** Types commands, one a line. One that ends in `&` goes on; it has begun when it has printed something. */
  async type(commands: string): Promise<void> {
    this.#printed = "";
    for (const command of commands.trim().split("\n")) await this.#typeOne(command);
  }

  /** Waits until this was printed since the last commands; the lines of several programs in any order. */
  async expect(expected: string): Promise<void> {
    const wanted = sorted(expected);
    const late = AbortSignal.timeout(PATIENCE_MS);
    const isLate = new Promise<void>((resolve) => late.addEventListener("abort", () => resolve()));
    while (sorted(this.#printed).join("\n") !== wanted.join("\n") && !late.aborted) {
      await Promise.race([this.#changed.promise, isLate]);
    }
    expect(sorted(this.#printed)).toEqual(wanted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const job of this.#jobs) job.child.kill("SIGKILL");
    await Promise.all(this.#jobs.map(({ exited }) => exited));
  }

  async #typeOne(command: string): Promise<void> {
    const killed = /^kill %(\d+)$/.exec(command)?.[1];
    if (killed) return this.#kill(this.#jobs[Number(killed) - 1]!);
    const isJob = command.endsWith(" &");
    const words = [...command.replace(/ &$/, "").matchAll(/"([^"]*)"|(\S+)/g)];
    const job = this.#start(
      command,
      words.map(([, quoted, word]) => quoted ?? word!),
    );
    if (!isJob) return this.#finish(job);
    this.#jobs.push(job);
    await Promise.race([once(job.child.stdout!, "data"), job.exited]);
    if (job.child.exitCode !== null) throw new Error(`${command} has ended:\n${this.#printed}`);
  }

  #start(command: string, [program = "", ...args]: string[]): Job {
    const child = spawn(program === "node" ? process.execPath : program, args, {
      cwd: this.#folder,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes: Buffer) => this.#print(bytes));
    return { command, child, exited: once(child, "close") };
  }

  async #finish({ command, child, exited }: Job): Promise<void> {
    const force = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    await exited;
    clearTimeout(force);
    if (child.exitCode !== 0) throw new Error(`${command} ended with ${child.exitCode}:\n${this.#printed}`);
  }

  async #kill({ child, exited }: Job): Promise<void> {
    child.kill("SIGTERM");
    await exited;
  }

  #print(bytes: Buffer): void {
    this.#printed += bytes.toString();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function sorted(text: string): string[] {
  return text.trim().split("\n").toSorted();
}
