/** Checkpoints that the work waits for: told to the station, and answered when they are kept. */
import type { Checkpoint } from "../disk-host.ts";
import { Interruption } from "./job-context.ts";
import type { FromJob } from "./job-messages.ts";

export class KeptCheckpoints {
  readonly #tell: (message: FromJob) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  #told = 0;
  #hasStation = true;

  constructor(tell: (message: FromJob) => void) {
    this.#tell = tell;
  }

  /** Resolves when the station has kept it; rejects with an `Interruption` when there is no station to keep it. */
  async keep(checkpoint: Checkpoint): Promise<void> {
    if (!this.#hasStation) throw noStation();
    const number = ++this.#told;
    const kept = Promise.withResolvers<void>();
    this.#waiting.set(number, kept);
    this.#tell({ type: "keep", number, event: { type: "checkpoint", checkpoint } });
    try {
      await kept.promise;
    } finally {
      this.#waiting.delete(number);
    }
  }

  /** The station's answer. */
  kept(number: number): void {
    this.#waiting.get(number)?.resolve();
  }

  stationIsGone(): void {
    this.#hasStation = false;
    for (const kept of this.#waiting.values()) kept.reject(noStation());
  }
}

function noStation(): Interruption {
  return new Interruption("Cannot go on: the station is gone, and nobody would keep how far it came");
}
