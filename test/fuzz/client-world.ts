/** A client, its user, and a station played by hand: what must be true whatever the station's first words were. */
import { Client, type Receiver } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { MemoryOutbox } from "@trofie/commands/testing";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor } from "@trofie/reactor";
import { seededRandom, settle } from "@trofie/reactor/testing";
import { broken, hung } from "./breach.ts";
import { ChangedLines } from "./changed-lines.ts";
import type { ClientInput } from "./client-input.ts";
import { ask, Watch, type Asked } from "./client-user.ts";
import { FuzzClock } from "./fuzz-clock.ts";
import { HandNet } from "./hand-net.ts";
import { HandStation } from "./hand-station.ts";
import { checkForPollution } from "./pollution.ts";
import { contentOf } from "./told-commands.ts";

/** By when a client has recovered from a connection that went wrong, whatever was said on it. */
const recoveredWithinMs = 120_000;

/** What a test may break on purpose, to see that it is found. */
export interface ClientFault {
  /** Stands between the connection and the session. */
  readonly between?: (session: Receiver) => Receiver;
}

export class ClientWorld {
  readonly #clock = new FuzzClock();
  readonly #net = new HandNet();
  readonly #reactor: Reactor;
  readonly #met: (what: string) => void;
  readonly #fault: ClientFault;

  constructor(met: (what: string) => void = () => {}, fault: ClientFault = {}) {
    this.#met = met;
    this.#fault = fault;
    this.#reactor = new Reactor({ net: this.#net, clock: this.#clock, random: seededRandom(1) });
  }

  /** Throws a `Breach` when something happens that must never be. */
  async execute(input: ClientInput): Promise<void> {
    const station = new HandStation(new ChangedLines(input), input.pieceBytes, input.events);
    this.#net.onConnect = (wire) => {
      station.accept(wire);
      return true;
    };
    const outbox = new MemoryOutbox();
    const connect = connectLines(this.#reactor, "tcp:host=127.0.0.1:port=2");
    const { between = (session) => session } = this.#fault;
    const client = new Client<StationContract>({
      contract: stationContract,
      connect: (receiver, signal) => connect(between(receiver), signal),
      clock: this.#clock,
      random: seededRandom(2),
      agent: "fuzz",
      auth: { token: "admin" },
      outbox,
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
    if (client.state.kind !== "stopped" && outbox.commands.size > 0)
      broken("a command with a verdict is still kept");
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
    if (!isOver) hung(`the client has not recovered: ${JSON.stringify({ state: client.state, asked })}`);
    if (station.verdicts.size > asked.filter(({ what }) => what !== "query").length)
      broken(`${station.verdicts.size} commands came of ${asked.length}`);
    checkForPollution();
    if (isMisled) return;
    if (station.doubts > 0) broken("the client goes on from where it never was");
    for (const row of watch.rows)
      if (contentOf(row) !== contentOf(station.rows[row.seq - 1]))
        broken(`event ${row.seq} was told as another`);
    const answers = new Set([...station.verdicts.values()].map(({ answer }) => answer.job));
    for (const { what, outcome, result } of asked) {
      if (!outcome || !("answer" in outcome)) broken(`a ${what} was not answered: ${String(outcome?.error)}`);
      const { job } = outcome.answer as { job?: unknown };
      const said = what === "operation" ? outcome.answer : job;
      if (what !== "query" && !answers.delete(said)) broken(`a ${what} got the answer of another`);
      if (what === "operation" && (result as { id?: unknown } | undefined)?.id !== said)
        broken(`an operation got the result of another: ${JSON.stringify(result)}`);
    }
  }

  async #stop(
    client: Client<StationContract>,
    { wires }: HandStation,
    asked: readonly Asked[],
  ): Promise<void> {
    if (wires.slice(0, -1).some(({ ended }) => ended === "no"))
      broken("the client keeps an older connection");
    const stopped = client.stop();
    await settle();
    wires.at(-1)?.fin();
    await settle();
    await this.#clock.advance(10_000);
    await stopped;
    if (asked.some(({ outcome }) => outcome === undefined)) hung("a call of a stopped client still waits");
    if (this.#clock.waiting > 0) broken(`${this.#clock.waiting} calls still wait on the clock`);
    if (wires.some(({ ended }) => ended !== "gone"))
      hung("the connection of a stopped client is still there");
  }
}

interface Seen {
  readonly client: Client<StationContract>;
  readonly asked: readonly Asked[];
  readonly watch: Watch;
  readonly station: HandStation;
  readonly isOver: boolean;
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
