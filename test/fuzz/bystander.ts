/** A client that keeps every rule, on the same station as those that do not: nothing of theirs may disturb it. */
import { broken } from "./breach.ts";
import type { HandWire } from "./hand-wire.ts";
import { bystanderClient, bystanderCommands, bystanderRole } from "./known.ts";
import type { StationUnderTest } from "./station-under-test.ts";

const pingMs = 4_000;

interface Heard {
  readonly method?: string;
  readonly params?: { readonly seq?: number };
  readonly id?: number;
}

export class Bystander {
  readonly #wire: HandWire;
  readonly #station: StationUnderTest;
  #lastId = 0;
  #answeredId = 0;
  #lastSeq = 0;

  /** Opens, and has its commands carried out. */
  constructor(station: StationUnderTest) {
    this.#station = station;
    this.#wire = station.connect();
    this.#ask("session.open", {
      proto: [1],
      client: bystanderClient,
      agent: "bystander",
      auth: { token: bystanderRole },
      resume: { epoch: station.journal.epoch, since: 0 },
      want: { events: true, progress: false },
    });
    for (const [method, params] of bystanderCommands) this.#ask(method, params);
    this.#pingNow();
  }

  /** Asks for something; `check` sees to the answer. */
  ask(): void {
    this.#ask("device.list", {});
  }

  /** It has every event, each once, and an answer to each question, in order. */
  check(): void {
    const { journal } = this.#station;
    for (const line of this.#wire.hear().split("\n")) if (line !== "") this.#heard(JSON.parse(line) as Heard);
    if (this.#wire.ended !== "no") broken("a bystander's connection was ended");
    if (this.#answeredId !== this.#lastId) broken(`a bystander's question ${this.#lastId} has no answer`);
    if (this.#lastSeq !== journal.lastSeq)
      broken(`a bystander has ${this.#lastSeq} of ${journal.lastSeq} events`);
  }

  #heard({ method, params, id }: Heard): void {
    if (method === "event") {
      if (params?.seq !== this.#lastSeq + 1)
        broken(`a bystander heard event ${params?.seq} after ${this.#lastSeq}`);
      this.#lastSeq += 1;
    } else if (method === undefined) {
      if (id !== this.#answeredId + 1) broken(`a bystander heard answer ${id} out of turn`);
      this.#answeredId += 1;
    } else if (method !== "station.greet" && method !== "ping" && method !== "pong") {
      broken(`a bystander was told ${method}`);
    }
  }

  #ask(method: string, params: object): void {
    this.#say({ id: (this.#lastId += 1), method, params });
  }

  #pingNow(): void {
    this.#say({ method: "ping" });
    this.#station.clock.callLater(pingMs, () => this.#pingNow());
  }

  #say(message: object): void {
    this.#wire.say(Buffer.from(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`));
  }
}
