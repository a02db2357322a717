/** A station that many inputs are tried on, one after the other, and what must be true after each. */
import { highWaterBytes, maxBytesAfterOpen } from "@trofie/commands";
import { settle } from "@trofie/reactor/testing";
import { broken, hung } from "./breach.ts";
import { Bystander } from "./bystander.ts";
import type { HandWire } from "./hand-wire.ts";
import { Hearing } from "./hearing.ts";
import { bystanderCommands, bystanderRole } from "./known.ts";
import type { StationInput, Step } from "./station-input.ts";
import { checkForPollution } from "./pollution.ts";
import { StationModel, type Foretold } from "./station-model.ts";
import { StationUnderTest, type StationFault } from "./station-under-test.ts";
import { slowMs } from "./tempers.ts";
import { contentOf, type ToldCommand } from "./told-commands.ts";

interface KnownParams {
  readonly cmd: string;
  readonly epoch: string;
}

/** After that no connection's deadline for opening waits any more. */
const openWithinMs = 10_000;

/** By when a station has ended a connection of which nothing comes any more: idle, goodbye, and some. */
const goneWithinMs = 25_000;

/** What a station may keep of its own output for a peer that takes nothing: answers and events, and the one too many. */
const mostUnsentBytes = highWaterBytes + 2 * maxBytesAfterOpen;

export class StationWorld {
  readonly #station: StationUnderTest;
  readonly #bystander: Bystander;
  readonly #met: (what: string) => void;
  readonly #told = new Map<string, ToldCommand>();
  /** What waits on the clock when only the bystander is there. */
  #idleCalls = 0;

  private constructor(station: StationUnderTest, met: (what: string) => void) {
    this.#station = station;
    this.#met = met;
    this.#bystander = new Bystander(station);
  }

  static async open(met: (what: string) => void = () => {}, fault: StationFault = {}): Promise<StationWorld> {
    const world = new StationWorld(await StationUnderTest.open(fault), met);
    await world.#station.clock.advance(openWithinMs);
    world.#bystander.check();
    for (const [method, params] of bystanderCommands) world.#tell(method, params as KnownParams);
    world.#idleCalls = world.#station.clock.waiting;
    return world;
  }

  /** Throws a `Breach` when something happens that must never be. */
  async execute(input: StationInput): Promise<void> {
    const foretold = new StationModel(this.#told).foretell(input);
    const { journal } = this.#station;
    const before = {
      rows: journal.lastSeq,
      recorded: this.#station.recorded,
      verdicts: journal.verdicts.size,
    };
    const hearing = new Hearing(foretold, journal, this.#met);
    this.#bystander.ask();
    const wire = this.#station.connect();
    await settle();
    for (const step of input.steps) await this.#do(step, wire, foretold);
    hearing.take(wire.hear());
    if (wire.ended === "no") hearing.checkIsUpToDate();
    await this.#leave(input, wire);
    hearing.take(wire.hear());
    hearing.checkEnd();
    this.#checkGoodbye(hearing.goodbye, foretold, input);
    this.#checkRecords(foretold, before);
    this.#checkRest(wire);
    this.#bystander.check();
  }

  async #do(step: Step, wire: HandWire, { client }: Foretold): Promise<void> {
    if ("say" in step) wire.say(...step.say);
    else if ("pourBytes" in step) await pour(step.pourBytes, wire);
    else if ("waitMs" in step) await this.#station.clock.advance(step.waitMs);
    else if ("taking" in step) wire.setTaking(step.taking);
    else if ("full" in step) await this.#setFull(step.full);
    else await this.#openRival(client);
    await settle();
  }

  /** What was asked before is decided before. */
  async #setFull(isFull: boolean): Promise<void> {
    await this.#finishHandlers();
    this.#station.journal.isFull = isFull;
  }

  async #openRival(client: string | null): Promise<void> {
    if (client === null) return;
    const rival = this.#station.connect();
    const params = { proto: [1], client, agent: "rival", auth: { token: "viewer" } };
    rival.say(Buffer.from(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session.open", params })}\n`));
    await settle();
    rival.cut();
  }

  async #leave({ leaving }: StationInput, wire: HandWire): Promise<void> {
    const { clock, journal } = this.#station;
    if (leaving === "reset") wire.cut();
    if (leaving === "fin") wire.setTaking(true);
    if (leaving !== "reset") await this.#finishHandlers();
    if (leaving === "fin") wire.fin();
    await settle();
    if (wire.ended !== "gone") await clock.advance(goneWithinMs);
    if (wire.ended !== "gone") hung(`the connection is still there ${goneWithinMs} ms later`);
    await this.#finishHandlers();
    journal.isFull = false;
  }

  async #finishHandlers(): Promise<void> {
    await settle();
    while (this.#station.busy > 0) await this.#station.clock.advance(slowMs);
  }

  #checkGoodbye(said: string | null, foretold: Foretold, { leaving }: StationInput): void {
    if (said === foretold.goodbye || said === null || foretold.mayFallShort) return;
    const whySilent = foretold.client === null ? ["auth-timeout"] : ["idle", "slow"];
    if (foretold.goodbye === null && leaving === "silence" && whySilent.includes(said)) return;
    broken(`it said goodbye because of ${said}, and not ${foretold.goodbye}`);
  }

  /** What was to be recorded is, and nothing else; what began had been recorded. */
  #checkRecords(
    { decided, mayFallShort }: Foretold,
    before: { rows: number; recorded: number; verdicts: number },
  ): void {
    const { journal, recorded, started, mistakes } = this.#station;
    if (mistakes.length > 0) broken("the dispatcher made a mistake", mistakes[0]);
    let accepted = 0;
    let verdicts = 0;
    for (const told of decided) {
      const verdict = journal.find(told.cmd)?.verdict;
      if (verdict === undefined && mayFallShort) break;
      if (verdict === undefined) broken(`no verdict of ${told.cmd} was recorded`);
      if ("result" in verdict !== (told.verdict === "accepted"))
        broken(`the verdict of ${told.cmd} is ${JSON.stringify(verdict)}`);
      this.#told.set(told.cmd, told);
      verdicts += 1;
      if (told.verdict === "accepted") accepted += 1;
    }
    if (journal.verdicts.size !== before.verdicts + verdicts) broken("a verdict was recorded of no command");
    if (recorded !== before.recorded + accepted || journal.lastSeq !== before.rows + accepted)
      broken(`${recorded - before.recorded} commands took effect, and ${accepted} were accepted`);
    if (started !== recorded) broken(`${started} began of ${recorded} that were recorded`);
  }

  /** Nothing is left of a connection that is gone. */
  #checkRest(wire: HandWire): void {
    const { server, clock } = this.#station;
    if (wire.mostUnsentBytes > mostUnsentBytes) broken(`${wire.mostUnsentBytes} bytes waited to be taken`);
    if (server.connections !== 1) broken(`${server.connections - 1} sessions are left`);
    if (clock.waiting !== this.#idleCalls)
      broken(`${clock.waiting - this.#idleCalls} calls still wait on the clock`);
    checkForPollution();
  }

  #tell(method: string, { cmd, epoch, ...rest }: KnownParams): void {
    const verdict = this.#station.journal.find(cmd)?.verdict;
    const content = contentOf({ name: method, epoch, rest });
    const refused = verdict && "refused" in verdict ? verdict.refused.code : null;
    this.#told.set(cmd, {
      cmd,
      content,
      principal: bystanderRole,
      verdict: refused === null ? "accepted" : { refused },
    });
  }
}

const drop = Buffer.alloc(65_536, "x");

async function pour(bytes: number, wire: HandWire): Promise<void> {
  for (let left = bytes; left > 0 && wire.ended !== "gone"; left -= drop.length) {
    wire.say(drop.subarray(0, left));
    await settle();
  }
}
