/** The station's real end of the protocol, with handlers that do nothing but remember that they were asked. */
import { CommandServer, Refusal, type Door, type Receiver, type Role, roles } from "@trofie/commands";
import { MessageLinesFactory } from "@trofie/commands/lines";
import { MemoryJournal } from "@trofie/commands/testing";
import { errorCodes, stationContract, type StationContract } from "@trofie/contract";
import { Reactor } from "@trofie/reactor";
import { seededRandom, settle } from "@trofie/reactor/testing";
import { digestOf } from "../../packages/station/src/digest.ts";
import { FuzzClock } from "./fuzz-clock.ts";
import { HandNet } from "./hand-net.ts";
import type { HandWire } from "./hand-wire.ts";
import { asleepMs, slowMs, temperOf, type Temper } from "./tempers.ts";

/** What a test may break on purpose, to see that it is found. */
export interface StationFault {
  /** Stands between the connection and the session. */
  readonly between?: (session: Receiver) => Receiver;
  readonly journal?: () => MemoryJournal;
}

/** Thrown by a handler on purpose: it must cross as `INTERNAL`, and be reported. */
class PlannedMistake extends Error {}

const isRole = (word: unknown): word is Role => (roles as readonly unknown[]).includes(word);

/** Whoever shows the name of a role has it. */
const door: Door = {
  name: "token",
  authenticate: ({ token }) => (isRole(token) ? { principal: token, role: token } : null),
};

export class StationUnderTest {
  readonly clock = new FuzzClock();
  readonly journal: MemoryJournal;
  readonly server: CommandServer<StationContract>;
  /** What went wrong in handlers that was not planned. */
  readonly mistakes: unknown[] = [];
  /** How many decisions were recorded, and how many then started. */
  recorded = 0;
  started = 0;
  /** No handler takes any time; slow ones still answer later than others. */
  isHurried = false;
  /** Handlers that are at work. */
  #busy = 0;
  readonly #net = new HandNet();
  readonly #reactor: Reactor;

  private constructor({ journal = () => new MemoryJournal() }: StationFault) {
    this.journal = journal();
    this.#reactor = new Reactor({ net: this.#net, clock: this.clock, random: seededRandom(1) });
    this.server = new CommandServer<StationContract>({
      station: "fuzzed",
      contract: stationContract,
      handlers: this.#handlers() as never,
      codes: errorCodes,
      log: this.journal,
      verdicts: this.journal,
      clock: this.clock,
      digest: (method, params) => digestOf({ v: 1, method, params }),
      onInternalError: (error) => {
        if (!(error instanceof PlannedMistake)) this.mistakes.push(error);
      },
    });
    this.journal.onCommit = () => this.server.eventsCommitted();
  }

  static async open(fault: StationFault = {}): Promise<StationUnderTest> {
    const station = new StationUnderTest(fault);
    const { between = (session) => session } = fault;
    const factory = new MessageLinesFactory(() => between(station.server.accept(door)));
    await station.#reactor.listenTCP(2, factory);
    return station;
  }

  /** A new connection, of which the caller is the other end. */
  connect(): HandWire {
    return this.#net.dial();
  }

  /** Lets time pass until no handler is at work. */
  async finishHandlers(): Promise<void> {
    await settle();
    while (this.#busy > 0) await this.clock.advance(this.isHurried ? 0 : slowMs);
  }

  #handlers(): object {
    return Object.fromEntries(
      Object.entries(stationContract.methods).map(([name, { kind }]) => [
        name,
        kind === "query" ? this.#behaving(() => ({ of: name })) : this.#behaving(() => this.#decision(name)),
      ]),
    );
  }

  /** A handler that answers, refuses, makes a mistake or takes its time, as its input says. */
  #behaving(answer: () => object): (input: object) => object | Promise<object> {
    const behaviours: Readonly<Record<Temper, () => object | Promise<object>>> = {
      refuses: () => refuse("DEVICE_NOT_FOUND"),
      postpones: () => refuse("UNAVAILABLE"),
      mistaken: () => {
        throw new PlannedMistake("a secret of the station");
      },
      slow: () => this.#later(slowMs, answer),
      asleep: () => this.#later(asleepMs, answer),
      well: answer,
    };
    return (input) => behaviours[temperOf(input)]();
  }

  #later(delayMs: number, answer: () => object): Promise<object> {
    this.#busy += 1;
    return new Promise((resolve) =>
      this.clock.callLater(this.isHurried ? 0 : delayMs, () => {
        this.#busy -= 1;
        resolve(answer());
      }),
    );
  }

  #decision(name: string): object {
    return {
      record: () => {
        this.recorded += 1;
        const job = `j_${this.recorded}`;
        this.journal.append("job.accepted", job, { id: job, of: name });
        return { job };
      },
      start: ({ job }: { job: string }) => {
        this.started += 1;
        this.server.progress(job, { job, step: name });
      },
    };
  }
}

function refuse(code: string): never {
  throw new Refusal(code, "Cannot do it: something is missing");
}
