/**
 * One state folder from its first station to its last: stations live on it and are killed, one after the other; then all
 * comes to rest and is judged. A soak has many of them, for the first starts, and because a journal only grows.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isOutcome, type Job } from "@trofie/contract";
import { asError } from "@trofie/reactor";
import { Chance } from "../simulation/chance.ts";
import { Autopsy } from "./autopsy.ts";
import { Customers } from "./customers.ts";
import type { Figures } from "./figures.ts";
import { drawBlow, drawDoom, type Blow } from "./killer.ts";
import { Ledger } from "./ledger.ts";
import { EndedByItself, MortalStation, type Program } from "./mortal-station.ts";
import { freePort, Place } from "./place.ts";

export interface ChapterOptions {
  /** Is there, and empty. */
  readonly folder: string;
  readonly program: Program;
  readonly seed: number;
  readonly kills: number;
  readonly figures: Figures;
}

/** Whoever is not at rest by then hangs; it takes a few seconds. */
const restsWithinMs = 120_000;

/** Lives through one. What did not hold is in the figures. */
export async function liveThrough(options: ChapterOptions): Promise<void> {
  const { figures } = options;
  const ledger = new Ledger();
  try {
    await using chapter = await Chapter.begin(options, ledger);
    await chapter.live();
  } catch (error) {
    const { message, stack } = asError(error);
    ledger.broken("corrupt", error instanceof EndedByItself ? message : (stack ?? message));
  } finally {
    figures.breaches.push(...ledger.breaches);
    figures.addCommands(ledger);
  }
}

class Chapter implements AsyncDisposable {
  readonly #options: ChapterOptions;
  readonly #ledger: Ledger;
  readonly #chance: Chance;
  readonly #station: MortalStation;
  readonly #customers: Customers;
  readonly #autopsy: Autopsy;
  #isEndingJobs = false;

  private constructor(
    options: ChapterOptions,
    parts: { ledger: Ledger; station: MortalStation; customers: Customers; autopsy: Autopsy },
  ) {
    this.#options = options;
    this.#chance = new Chance(options.seed, 1);
    this.#ledger = parts.ledger;
    this.#station = parts.station;
    this.#customers = parts.customers;
    this.#autopsy = parts.autopsy;
  }

  static async begin(options: ChapterOptions, ledger: Ledger): Promise<Chapter> {
    const { folder, program, seed, figures } = options;
    const place = new Place(folder);
    const port = await freePort();
    const { state: statePath, socket: socketPath, practice: practicePath } = place;
    const station = new MortalStation({ program, statePath, socketPath, practicePath, port });
    const customers = await Customers.start({ place, port, seed, ledger });
    return new Chapter(options, { ledger, station, customers, autopsy: new Autopsy(place, ledger, figures) });
  }

  /** Ends early when something did not hold. */
  async live(): Promise<void> {
    const { kills } = this.#options;
    for (let count = 0; count < kills && this.#holds; count += 1) await this.#liveAndDie();
    if (this.#holds) await this.#comeToRest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#station[Symbol.asyncDispose]();
    await this.#customers[Symbol.asyncDispose]();
  }

  get #holds(): boolean {
    return this.#ledger.breaches.length === 0;
  }

  async #liveAndDie(): Promise<void> {
    const { figures } = this.#options;
    const doom = drawDoom(this.#chance, this.#station.startMs);
    const blow = drawBlow(this.#chance);
    await this.#customers.changeWeather();
    const opened = this.#station.start();
    opened.catch(() => {}); // if it ends by itself, `kill` says so
    if (doom.after === "the opening") await opened;
    else figures.saw("station killed while it starts");
    const whole = doom.lifeMs;
    const beforeMs = blow === null ? whole : Math.round(whole * blow.at);
    await delay(beforeMs);
    if (blow !== null) await this.#strike(blow.blow);
    await delay(whole - beforeMs);
    await this.#station.kill();
    await opened;
    figures.kills += 1;
    this.#customers.mortal.readFacts();
    if (this.#ledger.unanswered.length > 0) figures.saw("station killed with a command unanswered");
    this.#autopsy.look();
    const { mistake } = this.#station;
    if (mistake !== null) this.#ledger.broken("corrupt", `The station made a mistake: ${mistake}`);
  }

  async #strike(blow: Blow): Promise<void> {
    const { figures } = this.#options;
    const { mortal } = this.#customers;
    if (blow === "connections are reset") {
      this.#customers.resetConnections();
      return figures.saw("connections reset");
    }
    await mortal.kill();
    mortal.start();
    figures.saw("customer killed");
  }

  /** No more faults: every job ends, every command is answered, and answered the same when it is sent once more. */
  async #comeToRest(): Promise<void> {
    const customers = this.#customers;
    await customers.changeWeather();
    await this.#station.start();
    await customers.rest();
    const areEnded = (): boolean => this.#openJobs.length === 0;
    await this.#until(
      "all is at rest",
      () => areEnded() && customers.areAtRest,
      () => this.#endJobs(),
    );
    if (!this.#holds) return;
    await customers.askAgain();
    await this.#station.stop();
    const toldSeq = this.#autopsy.look();
    await this.#station.start();
    const haveHeard = (): boolean =>
      this.#ledger.living.every(({ nextSeq }) => nextSeq !== null && nextSeq > toldSeq);
    await this.#until("everybody has heard everything", haveHeard);
    await this.#station.kill();
    this.#autopsy.lookAtAll({ toldSeq, outboxes: customers.outboxes });
  }

  get #openJobs(): readonly Job[] {
    return [...this.#customers.nearest.jobs.values()].filter(({ state }) => !isOutcome(state));
  }

  /** Lets go on what waits for that, and stops what cannot; not waited for, since whoever hangs is not to stop us. */
  #endJobs(): void {
    if (this.#isEndingJobs) return;
    this.#isEndingJobs = true;
    void this.#endRestingJobs().finally(() => (this.#isEndingJobs = false));
  }

  async #endRestingJobs(): Promise<void> {
    const { nearest } = this.#customers;
    for (const { id, state } of this.#openJobs) {
      if (state !== "paused" && state !== "interrupted") continue;
      const resumed = await nearest.command("job.resume", id);
      if (resumed === null) await nearest.command("job.stop", id);
    }
  }

  async #until(what: string, isSo: () => boolean, meanwhile = (): void => {}): Promise<void> {
    const deadlineMs = performance.now() + restsWithinMs;
    for (; !isSo(); await delay(50)) {
      this.#customers.mortal.readFacts();
      if (!this.#holds) return;
      if (performance.now() > deadlineMs)
        return this.#ledger.broken("lost", `Waited in vain until ${what}: ${this.#customers.waitFor}`);
      meanwhile();
    }
  }
}
