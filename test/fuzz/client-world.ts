/** A client, its user, and a station played by hand: what must be true whatever the station's first words were. */
import {
  Client,
  NoAnswerError,
  ProtocolError,
  Refusal,
  type ClientListener,
  type EventRow,
  type Receiver,
} from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { MemoryOutbox } from "@trofie/commands/testing";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor } from "@trofie/reactor";
import { seededRandom, settle } from "@trofie/reactor/testing";
import { broken, hung } from "./breach.ts";
import { ChangedLines } from "./changed-lines.ts";
import type { ClientInput } from "./client-input.ts";
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

/** What a user's listener is told: each event once, in order, from the snapshot on. */
class Watch implements ClientListener {
  fault: string | null = null;
  seq: number | null = null;
  readonly rows: EventRow[] = [];

  snapshotReceived(_items: readonly unknown[], seq: number): void {
    if (!Number.isSafeInteger(seq)) this.fault ??= `a snapshot of ${seq} was told`;
    this.seq = seq;
  }

  eventReceived(row: EventRow): void {
    const { seq, type } = row;
    this.rows.push(row);
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
