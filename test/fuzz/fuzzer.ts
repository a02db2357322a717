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

  /** Executes one connection's input; null when all was as it must be. */
  async execute(input: FuzzInput): Promise<Breach | null> {
    try {
      await this.#execute(input);
      const fault = this.#faults.take();
      if (fault) throw fault.error;
      return null;
    } catch (thrown) {
      this.renew();
      // What the exception left undone may still fail: it belongs to this input.
      this.#faults.take();
      if (thrown instanceof Breach) return thrown;
      return new Breach("crash", `an exception escaped: ${asError(thrown).message}`, thrown);
    }
  }

  [Symbol.dispose](): void {
    this.#faults[Symbol.dispose]();
  }

  async #execute(input: FuzzInput): Promise<void> {
    const { met, stationFault, clientFault } = this.#options;
    if (input.end === "station") {
      this.#station ??= await StationWorld.open(met, stationFault);
      return this.#station.execute(input);
    }
    this.#client ??= new ClientWorld(met, clientFault);
    return this.#client.execute(input);
  }
}
