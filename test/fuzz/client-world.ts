/** A client, its user, and a station played by hand: what must be true whatever the station's first words were. */
import {
  Client,
  NoAnswerError,
  ProtocolError,
  Refusal,
  type ClientListener,
  type EventRow,
} from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor } from "@trofie/reactor";
import { seededRandom, settle } from "@trofie/reactor/testing";
import { broken } from "./breach.ts";
import { ChangedLines } from "./changed-lines.ts";
import type { ClientInput } from "./client-input.ts";
import { FuzzClock } from "./fuzz-clock.ts";
import { HandNet } from "./hand-net.ts";
import { HandStation } from "./hand-station.ts";

/** By when a client has recovered from a connection that went wrong, whatever was said on it. */
const recoveredWithinMs = 120_000;

/** One thing that was asked for, and how it came out. */
interface Asked {
  readonly what: ClientInput["asks"][number];
  outcome?: { readonly answer: unknown } | { readonly error: unknown };
  /** Of an operation: what the job came to. */
  result?: unknown;
}

export class ClientWorld {
  readonly #clock = new FuzzClock();
  readonly #net = new HandNet();
  readonly #reactor: Reactor;
  readonly #met: (what: string) => void;

  constructor(met: (what: string) => void = () => {}) {
    this.#met = met;
    this.#reactor = new Reactor({ net: this.#net, clock: this.#clock, random: seededRandom(1) });
  }

  /** Throws a `Breach` when something happens that must never be. */
  async execute(input: ClientInput): Promise<void> {
    const station = new HandStation(new ChangedLines(input), input.pieceBytes, input.events);
    this.#net.onConnect = (wire) => {
      station.accept(wire);
      return true;
    };
    const client = new Client<StationContract>({
      contract: stationContract,
      connect: connectLines(this.#reactor, "tcp:host=127.0.0.1:port=2"),
      clock: this.#clock,
      random: seededRandom(2),
      agent: "fuzz",
      auth: { token: "admin" },
    });
    const watch = new Watch();
    client.listen(watch);
    client.start();
    const asked = input.asks.map((what) => ask(client, what));
    await this.#talk(station);
    const isMisled = ChangedLines.mayMislead(input);
    const endMs = this.#clock.nowMs() + recoveredWithinMs;
    const isOver = (): boolean =>
      client.state.kind === "stopped" || isDone(asked, watch, station, client, isMisled);
    for (;;) {
      await this.#leave(input, station);
      if (isOver() || this.#clock.nowMs() > endMs || !(await this.#clock.advanceToNext())) break;
      await this.#talk(station);
      if (client.state.kind === "connected") station.endJobs();
      await this.#talk(station);
    }
    this.#met(`client ${client.state.kind}`);
    this.#check(input, { client, asked, watch, station, isOver: isOver() });
    await this.#stop(client, station, asked);
  }

  /** Both say all that they have to say. */
  async #talk(station: HandStation): Promise<void> {
    do await settle();
    while (station.work());
  }

  async #leave({ leaving }: ClientInput, { spoiltWire: wire }: HandStation): Promise<void> {
    if (!wire) return;
    if (leaving === "fin") wire.fin();
    else if (leaving === "reset") wire.cut();
    else while (wire.ended === "no") if (!(await this.#clock.advanceToNext())) return;
    await settle();
  }

  #check(input: ClientInput, { client, asked, watch, station, isOver }: Seen): void {
    const isMisled = ChangedLines.mayMislead(input);
    if (watch.fault !== null) broken(watch.fault);
    if (client.state.kind === "stopped" && !isMisled)
      broken(`the client has given up: ${client.state.reason}`);
    if (!isOver) broken(`the client has not recovered: ${JSON.stringify({ state: client.state, asked })}`);
    if (station.verdicts.size > asked.filter(({ what }) => what !== "query").length)
      broken(`${station.verdicts.size} commands came of ${asked.length}`);
    for (const name in {}) broken(`every object has a member ${name}`);
    if (isMisled) return;
    const answers = new Set([...station.verdicts.values()].map(({ answer }) => answer.job));
    for (const { what, outcome, result } of asked) {
      if (!outcome || !("answer" in outcome)) broken(`a ${what} was not answered: ${String(outcome?.error)}`);
      const { job } = outcome.answer as { job?: unknown };
      const said = what === "operation" ? outcome.answer : job;
      if (what !== "query" && !answers.delete(said as string)) broken(`a ${what} got the answer of another`);
      if (what === "operation" && (result as { id?: unknown } | undefined)?.id !== said)
        broken(`an operation got the result of another: ${JSON.stringify(result)}`);
    }
  }

  async #stop(
    client: Client<StationContract>,
    { wires }: HandStation,
    asked: readonly Asked[],
  ): Promise<void> {
    if (wires.slice(0, -1).some(({ ended }) => ended !== "gone"))
      broken("the client keeps an older connection");
    const stopped = client.stop();
    await settle();
    wires.at(-1)?.fin();
    await settle();
    await this.#clock.advance(10_000);
    await stopped;
    if (asked.some(({ outcome }) => outcome === undefined)) broken("a call of a stopped client still waits");
    if (this.#clock.waiting > 0) broken(`${this.#clock.waiting} calls still wait on the clock`);
    if (wires.some(({ ended }) => ended !== "gone"))
      broken("the connection of a stopped client is still there");
  }
}

interface Seen {
  readonly client: Client<StationContract>;
  readonly asked: readonly Asked[];
  readonly watch: Watch;
  readonly station: HandStation;
  readonly isOver: boolean;
}

/** What a user's listener is told: each event once, in order, from the snapshot on. */
class Watch implements ClientListener {
  fault: string | null = null;
  seq: number | null = null;

  snapshotReceived(_items: readonly unknown[], seq: number): void {
    if (!Number.isSafeInteger(seq)) this.fault ??= `a snapshot of ${seq} was told`;
    this.seq = seq;
  }

  eventReceived({ seq, type }: EventRow): void {
    if (this.seq === null || seq !== this.seq + 1) this.fault ??= `event ${seq} was told after ${this.seq}`;
    if (typeof type !== "string") this.fault ??= `an event of type ${String(type)} was told`;
    this.seq = seq;
  }
}

function ask(client: Client<StationContract>, what: Asked["what"]): Asked {
  const asked: Asked = { what };
  const settled = (outcome: NonNullable<Asked["outcome"]>): void => {
    if (asked.outcome) broken(`a ${what} was answered twice`);
    asked.outcome = outcome;
  };
  const path = "/dev/a";
  const operation = what === "operation" ? client.operate("health.check", { path }) : null;
  const answer =
    operation?.job ??
    (what === "query" ? client.query("job.get", { job: path }) : client.command("job.stop", { job: path }));
  answer.then(
    (value: unknown) => settled({ answer: value }),
    (error: unknown) => {
      if (!isExpected(error)) broken("a call failed", error);
      settled({ error });
    },
  );
  operation?.result.then(
    (result) => (asked.result = result),
    (error: unknown) => (asked.result = error),
  );
  return asked;
}

/** A refusal, nobody to ask any more, or an answer that is none. */
function isExpected(error: unknown): boolean {
  return error instanceof Refusal || error instanceof NoAnswerError || error instanceof ProtocolError;
}

/** All is answered, and all events are there. */
function isDone(
  asked: readonly Asked[],
  watch: Watch,
  station: HandStation,
  { state }: Client<StationContract>,
  isMisled: boolean,
): boolean {
  if (state.kind !== "connected" || watch.seq !== station.lastSeq) return false;
  return asked.every(({ what, outcome, result }) => {
    if (outcome === undefined) return false;
    // The end of a job that was told as that of another one cannot be known.
    return what !== "operation" || isMisled || "error" in outcome || result !== undefined;
  });
}
