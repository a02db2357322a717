/** Somebody with a real client of the station, who wants one thing after the other, at random moments. */
import { setTimeout as delay } from "node:timers/promises";
import { Client, NoAnswerError, Refusal, type Connect, type OutboxStore, type Prove } from "@trofie/commands";
import { stationContract, type Job, type StationContract } from "@trofie/contract";
import { systemRandom, type Clock } from "@trofie/reactor";
import { fullJitter } from "@trofie/reactor/client-service";
import type { Chance } from "../simulation/chance.ts";
import type { Witness } from "./facts.ts";
import { tapped } from "./tap.ts";
import { drawWish, type EraseWish, type Wish } from "./wishes.ts";

export interface CustomerOptions {
  readonly name: string;
  /** UUID of the client. */
  readonly client: string;
  readonly connect: Connect;
  readonly auth: Prove | null;
  readonly outbox: OutboxStore | null;
  readonly clock: Clock;
  readonly chance: Chance;
  /** The paths of the disks that may be erased. */
  readonly disks: readonly string[];
  readonly witness: Witness;
}

/** A station that lives for half a second is not found by whoever comes every two. */
const soon = fullJitter({ initialMs: 20, maxMs: 120 });

/** Between two wishes. */
const pauseMs = { least: 60, most: 320 } as const;

/** What is wanted while there is no connection waits, and by the time it is sent the world is often another one. */
const wantsBlindlyOneIn = 5;

/** More are not wanted while so many have no answer. */
const mostUnanswered = 4;

export class Customer {
  /** How each job stands, as far as it was heard. */
  readonly jobs = new Map<string, Job>();
  readonly client: Client<StationContract>;
  readonly #options: CustomerOptions;
  readonly #unanswered = new Set<Promise<unknown>>();
  /** Jobs of ours whose end we were not told. */
  readonly #unended = new Set<Promise<unknown>>();
  #isResting = false;
  #isStopped = false;

  constructor(options: CustomerOptions) {
    const { name, client, connect, auth, outbox, clock, witness } = options;
    this.#options = options;
    this.client = new Client<StationContract>({
      contract: stationContract,
      connect: tapped(connect, witness),
      clock,
      random: systemRandom,
      policy: soon,
      agent: `soak ${name}`,
      client,
      ...(auth && { auth }),
      ...(outbox && { outbox }),
    });
    this.#listen();
  }

  /** Connects, and wants things until `rest`. */
  start(): void {
    this.client.start();
    void this.#wantThings();
  }

  /** Wants nothing more. */
  rest(): void {
    this.#isResting = true;
  }

  /** True when everything that was asked for is answered, and the end of each job of ours was told. */
  get isAtRest(): boolean {
    return this.#isResting && this.#unanswered.size === 0 && this.#unended.size === 0;
  }

  /** What is still waited for, for whoever waits in vain. */
  get waitsFor(): string {
    const { name } = this.#options;
    return `${name} waits for ${this.#unanswered.size} answers and ${this.#unended.size} ends, ${JSON.stringify(this.client.state)}`;
  }

  async stop(): Promise<void> {
    this.rest();
    this.#isStopped = true;
    await this.client.stop();
  }

  /** Has something carried out. Resolves with how the job then stands; null when it was refused. */
  async command(method: "job.stop" | "job.pause" | "job.resume", job: string): Promise<Job | null> {
    this.#options.witness({ is: "asked", method });
    const answer = await this.#answerTo(method, this.client.command(method, { job }));
    return answer?.job ?? null;
  }

  #listen(): void {
    const { witness } = this.#options;
    this.client.listen({
      connectionChanged: (state) => {
        if (state.kind === "stopped" && !this.#isStopped)
          witness({ is: "mistake", text: `it gave up: ${state.reason}` });
      },
      snapshotReceived: (items, seq) => {
        witness({ is: "snapshot", seq });
        for (const { kind, item } of items) if (kind === "job") this.#hear(item as Job);
      },
      eventReceived: (row) => {
        witness({ is: "heard", row });
        if (row.type.startsWith("job.")) this.#hear(row.body as Job);
      },
      stationForgot: (how) => witness({ is: "mistake", text: `its station forgot: ${how}` }),
      earlierCommandSettled: (_, verdict) => {
        if (verdict instanceof Refusal) return;
        if (typeof verdict.job === "string") witness({ is: "told", job: verdict.job });
      },
    });
  }

  #hear(job: Job): void {
    this.jobs.set(job.id, job);
  }

  async #wantThings(): Promise<void> {
    const { chance, disks } = this.#options;
    while (!this.#isResting) {
      await delay(chance.between(pauseMs.least, pauseMs.most));
      if (this.#isResting || this.#unanswered.size >= mostUnanswered) continue;
      if (this.client.state.kind !== "connected" && !chance.oneIn(wantsBlindlyOneIn)) continue;
      const wish = drawWish({ chance, disks, jobs: [...this.jobs.values()] });
      if (wish !== null) this.#waitFor(this.#want(wish));
    }
  }

  #want(wish: Wish): Promise<unknown> {
    switch (wish.do) {
      case "erase":
        return this.#erase(wish.erase, wish.mistypes);
      case "verify":
        return this.#verify(wish.path, wish.job);
      case "stop":
      case "pause":
      case "resume":
        return this.command(`job.${wish.do}`, wish.job);
      case "get":
        return this.#answerTo("job.get", this.client.query("job.get", { job: wish.job }));
      case "list jobs":
        return this.#answerTo("job.list", this.client.query("job.list", { limit: 20 }));
      default:
        return this.#answerTo("device.list", this.client.query("device.list", {}));
    }
  }

  async #erase(wish: EraseWish, mistypes: boolean): Promise<void> {
    const planned = await this.#answerTo("erase.plan", this.client.query("erase.plan", wish));
    if (planned === null || this.#isResting) return;
    const { plan, hash } = planned;
    const typed = mistypes ? "not this word" : plan.confirm.word;
    await this.#follow("erase.start", () => this.client.operate("erase.start", { ...wish, hash, typed }));
  }

  async #verify(path: string, job: string): Promise<void> {
    await this.#follow("verify.start", () => this.client.operate("verify.start", { path, expect: { job } }));
  }

  /** Returns when the job is accepted, or refused; that its end is told is waited for beside. */
  async #follow(
    method: string,
    operate: () => { readonly job: Promise<string>; readonly result: Promise<Job> },
  ): Promise<void> {
    const { witness } = this.#options;
    witness({ is: "asked", method });
    const { job, result } = operate();
    const id = await this.#answerTo(method, job);
    if (id === null) return;
    witness({ is: "told", job: id });
    const ended = result.then(({ state }) => witness({ is: "told the end", job: id, state }));
    this.#keepUntilSettled(this.#unended, this.#answerTo(`the end of ${id}`, ended));
  }

  /** Null when it was refused, or this client was stopped. Anything else that goes wrong is a mistake. */
  async #answerTo<T>(what: string, answer: Promise<T>): Promise<T | null> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof NoAnswerError && this.#isStopped) return null;
      if (!(error instanceof Refusal) || error.code === "INTERNAL")
        this.#options.witness({ is: "mistake", text: `${what}: ${String(error)}` });
      return null;
    }
  }

  #waitFor(answer: Promise<unknown>): void {
    this.#keepUntilSettled(this.#unanswered, answer);
  }

  #keepUntilSettled(among: Set<Promise<unknown>>, promise: Promise<unknown>): void {
    among.add(promise);
    void promise.finally(() => among.delete(promise));
  }
}
