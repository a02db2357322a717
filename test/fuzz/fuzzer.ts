/** Executes inputs, and says of each what it broke. */
import { asError } from "@trofie/reactor";
import { Breach } from "./breach.ts";
import { ClientWorld, type ClientFault } from "./client-world.ts";
import { FaultsHeard } from "./faults-heard.ts";
import type { FuzzInput } from "./fuzz-input.ts";
import { StationWorld } from "./station-world.ts";
import type { StationFault } from "./station-under-test.ts";

export interface FuzzerOptions {
  /** Told of each thing that was met, by name. */
  readonly met?: (what: string) => void;
  readonly stationFault?: StationFault;
  readonly clientFault?: ClientFault;
}

export class Fuzzer implements Disposable {
  readonly #options: FuzzerOptions;
  readonly #faults = new FaultsHeard();
  #station: StationWorld | null = null;
  #client: ClientWorld | null = null;

  constructor(options: FuzzerOptions = {}) {
    this.#options = options;
  }

  /** The next input meets worlds in which nothing has happened. */
  renew(): void {
    this.#station = null;
    this.#client = null;
  }

  /** Executes one input; null when all was as it must be. */
  async execute(input: FuzzInput): Promise<Breach | null> {
    let breach: Breach | null = null;
    try {
      await this.#execute(input);
    } catch (thrown) {
      breach = thrown instanceof Breach ? thrown : escaped(thrown);
    }
    // What escaped is the reason of what was missed because of it.
    const fault = this.#faults.take();
    if (fault) breach = escaped(fault.error);
    if (breach) this.renew();
    return breach;
  }

  [Symbol.dispose](): void {
    this.#faults[Symbol.dispose]();
  }

  async #execute(input: FuzzInput): Promise<void> {
    const { met, stationFault, clientFault } = this.#options;
    if (input.end === "client") {
      this.#client ??= new ClientWorld(met, clientFault);
      return this.#client.execute(input);
    }
    this.#station ??= await StationWorld.open(met, stationFault);
    if (input.end === "station") await this.#station.execute(input);
    else await this.#station.executeCrowd(input.visits);
  }
}

function escaped(thrown: unknown): Breach {
  return new Breach("crash", `an exception escaped: ${asError(thrown).message}`, thrown);
}
