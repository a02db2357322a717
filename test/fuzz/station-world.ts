/** A station that many inputs are tried on, one after the other, and what must be true after each. */
import { highWaterBytes, maxBytesAfterOpen } from "@trofie/commands";
import { settle } from "@trofie/reactor/testing";
import { broken, hung } from "./breach.ts";
import { Bystander } from "./bystander.ts";
import type { HandWire } from "./hand-wire.ts";
import { bystanderCommands, bystanderRole } from "./known.ts";
import type { Leaving, StationInput } from "./station-input.ts";
import { checkForPollution } from "./pollution.ts";
import { StationModel, type Foretold } from "./station-model.ts";
import { StationUnderTest, type StationFault } from "./station-under-test.ts";
import { contentOf, type ToldCommand } from "./told-commands.ts";
import { Visit } from "./visit.ts";

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

  /** Throws a `Breach` when something happens that must never be. Several inputs come at the same time. */
  async execute(...inputs: StationInput[]): Promise<void> {
    const station = this.#station;
    const foretold = together(inputs.map((input) => new StationModel(this.#told).foretell(input)));
    if (haveOneInCommon(foretold)) return this.#oneByOne(inputs);
    const before = countsOf(station);
    this.#bystander.ask();
    const visits = inputs.map((input, index) => new Visit(input, foretold[index]!, station, this.#met));
    await settle();
    const rounds = Math.max(...inputs.map(({ steps }) => steps.length));
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(visits.map((visit) => visit.do(round)));
      await settle();
    }
    for (const visit of visits) visit.checkIsUpToDate();
    await this.#leave(visits);
    for (const visit of visits) visit.checkEnd();
    this.#checkRecords(foretold, before);
    this.#checkRest(visits);
    this.#bystander.check();
  }

  /** Time stands still, and slow handlers are as fast as others: nobody is idle because of somebody else. */
  async executeCrowd(inputs: readonly StationInput[]): Promise<void> {
    this.#station.isHurried = true;
    await this.execute(...inputs);
    this.#station.isHurried = false;
  }

  async #oneByOne(inputs: readonly StationInput[]): Promise<void> {
    for (const input of inputs) await this.execute(input);
  }

  async #leave(visits: readonly Visit[]): Promise<void> {
    const { clock, journal } = this.#station;
    const leaving = (how: Leaving): HandWire[] =>
      visits.filter(({ input }) => input.leaving === how).map(({ wire }) => wire);
    for (const wire of leaving("reset")) wire.cut();
    for (const wire of leaving("fin")) wire.setTaking(true);
    if (visits.some(({ input }) => input.leaving !== "reset")) await this.#station.finishHandlers();
    for (const wire of leaving("fin")) wire.fin();
    await settle();
    const isThere = ({ wire }: Visit): boolean => wire.ended !== "gone";
    if (visits.some(isThere)) await clock.advance(goneWithinMs);
    if (visits.some(isThere)) hung(`the connection is still there ${goneWithinMs} ms later`);
    await this.#station.finishHandlers();
    journal.isFull = false;
  }

  /** What was to be recorded is, and nothing else; what began had been recorded. */
  #checkRecords(foretold: readonly Foretold[], before: Counts): void {
    const { mistakes } = this.#station;
    if (mistakes.length > 0) broken("the dispatcher made a mistake", mistakes[0]);
    const decided = foretold.flatMap((one) => this.#checkDecided(one));
    const accepted = decided.filter(({ verdict }) => verdict === "accepted").length;
    const { verdicts, recorded, rows, started } = countsOf(this.#station);
    if (verdicts !== before.verdicts + decided.length) broken("a verdict was recorded of no command");
    if (recorded !== before.recorded + accepted || rows !== before.rows + accepted)
      broken(`${recorded - before.recorded} commands took effect, and ${accepted} were accepted`);
    if (started !== recorded) broken(`${started} began of ${recorded} that were recorded`);
  }

  /** What was decided of what one connection asked; all of it, unless that came to a sudden end. */
  #checkDecided({ decided, mayFallShort }: Foretold): readonly ToldCommand[] {
    const verdicts = decided.map(({ cmd }) => this.#station.journal.find(cmd)?.verdict);
    const missing = verdicts.indexOf(undefined);
    if (missing !== -1 && !mayFallShort) broken(`no verdict of ${decided[missing]!.cmd} was recorded`);
    const known = missing === -1 ? decided : decided.slice(0, missing);
    for (const [index, told] of known.entries()) {
      const verdict = verdicts[index]!;
      if ("result" in verdict !== (told.verdict === "accepted"))
        broken(`the verdict of ${told.cmd} is ${JSON.stringify(verdict)}`);
      this.#told.set(told.cmd, told);
    }
    return known;
  }

  /** Nothing is left of connections that are gone. */
  #checkRest(visits: readonly Visit[]): void {
    const { server, clock } = this.#station;
    const unsentBytes = Math.max(...visits.map(({ wire }) => wire.mostUnsentBytes));
    if (unsentBytes > mostUnsentBytes) broken(`${unsentBytes} bytes waited to be taken`);
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

interface Counts {
  readonly rows: number;
  readonly verdicts: number;
  readonly recorded: number;
  readonly started: number;
}

function countsOf({ journal, recorded, started }: StationUnderTest): Counts {
  return { rows: journal.lastSeq, verdicts: journal.verdicts.size, recorded, started };
}

/** Commands are decided one at a time: behind a slow one of somebody else all may be late. */
function together(foretold: readonly Foretold[]): readonly Foretold[] {
  const isLate = foretold.length > 1 && foretold.some(({ wasSlow }) => wasSlow);
  return isLate ? foretold.map((one) => ({ ...one, mayFallShort: true })) : foretold;
}

/** Two that give a command under the same id: which one comes first nobody can foretell. */
function haveOneInCommon(foretold: readonly Foretold[]): boolean {
  const ids = foretold.flatMap(({ decided }) => decided.map(({ cmd }) => cmd));
  return new Set(ids).size < ids.length;
}
