/** One connection to a station, from its first byte to its end: what is done, what is heard, and what had to be. */
import { settle } from "@trofie/reactor/testing";
import { broken } from "./breach.ts";
import type { HandWire } from "./hand-wire.ts";
import { Hearing } from "./hearing.ts";
import type { StationInput } from "./station-input.ts";
import type { Foretold } from "./station-model.ts";
import type { StationUnderTest } from "./station-under-test.ts";

export class Visit {
  readonly input: StationInput;
  readonly foretold: Foretold;
  readonly wire: HandWire;
  readonly #hearing: Hearing;
  readonly #station: StationUnderTest;

  constructor(
    input: StationInput,
    foretold: Foretold,
    station: StationUnderTest,
    met: (what: string) => void,
  ) {
    this.input = input;
    this.foretold = foretold;
    this.#station = station;
    this.#hearing = new Hearing(foretold, station.journal, met);
    this.wire = station.connect();
  }

  /** Does the step of that number, if there is one. */
  async do(index: number): Promise<void> {
    const step = this.input.steps[index];
    if (!step) return;
    if ("say" in step) this.wire.say(...step.say);
    else if ("pourBytes" in step) await pour(step.pourBytes, this.wire);
    else if ("waitMs" in step) await this.#station.clock.advance(step.waitMs);
    else if ("taking" in step) this.wire.setTaking(step.taking);
    else if ("rival" in step) await this.#openRival();
    else {
      // What was asked before is decided before.
      await this.#station.finishHandlers();
      this.#station.journal.isFull = step.full;
    }
  }

  /** Everything has been done: it is told what it wants to be told. */
  checkIsUpToDate(): void {
    this.#hearing.take(this.wire.hear());
    if (this.wire.ended === "no") this.#hearing.checkIsUpToDate();
  }

  /** The connection is gone. */
  checkEnd(): void {
    this.#hearing.take(this.wire.hear());
    this.#hearing.checkEnd();
    this.#checkGoodbye(this.#hearing.goodbye);
  }

  #checkGoodbye(said: string | null): void {
    const { goodbye, client, mayFallShort } = this.foretold;
    if (said === goodbye || said === null || mayFallShort) return;
    const whySilent = client === null ? ["auth-timeout"] : ["idle", "slow"];
    if (goodbye === null && this.input.leaving === "silence" && whySilent.includes(said)) return;
    broken(`it said goodbye because of ${said}, and not ${goodbye}`);
  }

  async #openRival(): Promise<void> {
    const { client, role } = this.foretold;
    if (client === null) return;
    const rival = this.#station.connect();
    const params = { proto: [1], client, agent: "rival", auth: { token: role } };
    rival.say(Buffer.from(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session.open", params })}\n`));
    await settle();
    rival.cut();
  }
}

const drop = Buffer.alloc(65_536, "x");

async function pour(bytes: number, wire: HandWire): Promise<void> {
  for (let left = bytes; left > 0 && wire.ended !== "gone"; left -= drop.length) {
    wire.say(drop.subarray(0, left));
    await settle();
  }
}
