/** A customer with a process of its own, who is killed now and then, and begins another life with the same outbox. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { atRest, rest, type CustomerOrder } from "./customer-order.ts";
import { FactFile } from "./fact-file.ts";
import type { Fact } from "./facts.ts";

const program = fileURLToPath(new URL("customer-process.ts", import.meta.url));

export interface MortalCustomerOptions {
  readonly order: CustomerOrder;
  /** Told of each fact, in order, when `readFacts` reads it. */
  readonly witness: (fact: Fact) => void;
  /** Told before the first fact of each life. */
  readonly born: () => void;
}

export class MortalCustomer implements AsyncDisposable {
  /** True when it has said so in this life. */
  isAtRest = false;
  readonly #options: MortalCustomerOptions;
  #lives = 0;
  #isResting = false;
  #process: ChildProcess | null = null;
  #facts: FactFile | null = null;

  constructor(options: MortalCustomerOptions) {
    this.#options = options;
  }

  /** Begins a life. */
  start(): void {
    const { order, born } = this.#options;
    this.#lives += 1;
    const factsPath = `${order.factsPath}.${this.#lives}`;
    const life: CustomerOrder = { ...order, factsPath, seed: order.seed + this.#lives };
    born();
    this.isAtRest = false;
    this.#facts = new FactFile(factsPath);
    this.#process = fork(program, [JSON.stringify(life)], {
      execArgv: ["--conditions=trofie-source"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process.on("message", (said) => {
      if (said === atRest) this.isAtRest = true;
    });
    if (this.#isResting) this.#process.send(rest);
  }

  /** It wants nothing more, in this life and in every later one. */
  rest(): void {
    this.#isResting = true;
    this.#process?.send(rest);
  }

  async kill(): Promise<void> {
    const dying = this.#process!;
    this.#process = null;
    const exited = once(dying, "exit");
    dying.kill("SIGKILL");
    await exited;
    this.readFacts();
    this.#facts![Symbol.dispose]();
    this.#facts = null;
  }

  /** Tells what has happened since the last time. */
  readFacts(): void {
    for (const fact of this.#facts?.readNew() ?? []) this.#options.witness(fact);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== null) await this.kill();
  }
}
