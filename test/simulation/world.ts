/**
 * A world from a seed: a machine with disks, a station on it with its journal, people with their programs, and a network
 * between. All of ours in it is the real code. What breaks, and when, the seed decides.
 */
import type { Door } from "@trofie/commands";
import { StoreBroken } from "@trofie/commands";
import { MessageLinesFactory } from "@trofie/commands/lines";
import { Reactor } from "@trofie/reactor";
import { startCore, type StationServer } from "../../packages/station/src/core.ts";
import { MemoryMedium } from "../../packages/station/src/testing/memory-store.ts";
import { MemoryReports } from "../../packages/station/src/testing/memory-reports.ts";
import type { Store, Write } from "../../packages/station/src/store.ts";
import { Refusal } from "@trofie/commands";
import { Chance } from "./chance.ts";
import { Faults } from "./faults.ts";
import { God } from "./god.ts";
import { Killed, Life, LifeClock, type LifeKind } from "./life.ts";
import { Person } from "./person.ts";
import type { Calm, PlannedCrash } from "./planned-crash.ts";
import { SimClock } from "./sim-clock.ts";
import { SimDisk } from "./sim-disk.ts";
import { SimHost } from "./sim-host.ts";
import { SimMachine } from "./sim-machine.ts";
import { SimNet } from "./sim-net.ts";
import { Sometimes } from "./sometimes.ts";
import { Trace } from "./trace.ts";

export interface WorldOptions {
  readonly seed: number;
  readonly isTraced?: boolean;
  /** No fault comes but this one. */
  readonly calm?: Calm | undefined;
  readonly sometimes?: Sometimes;
}

/** After the faults have ended all must have come to rest within this time (L1). */
const restWithinMs = 240_000;

const people = [
  { name: "ann", principal: "ann", key: "ann's", isOperator: true },
  { name: "bob", principal: "bob", key: "bob's", isOperator: true },
  { name: "vic", principal: "vic", key: "vic's", isOperator: false },
  { name: "eve", principal: "eve", key: "stolen", isOperator: false },
  { name: "ann at home", principal: "ann", key: "ann's", isOperator: true },
] as const;

const roles = { ann: "operator", bob: "operator", vic: "viewer" } as const;

const door: Door = {
  name: "key",
  authenticate: ({ key }) => {
    const name = String(key).replace("'s", "") as keyof typeof roles;
    return name in roles ? { principal: name, role: roles[name] } : null;
  },
};

/** One station, from its start to its end. */
interface StationLife {
  readonly life: Life;
  readonly host: SimHost;
  readonly parts: AsyncDisposableStack;
  server: StationServer | null;
}

export class World {
  readonly seed: number;
  readonly chance: Chance;
  readonly clock = new SimClock();
  readonly net: SimNet;
  readonly trace: Trace;
  readonly sometimes: Sometimes;
  readonly god: God;
  readonly medium: MemoryMedium;
  readonly machine: SimMachine;
  readonly persons: Person[];
  readonly faults: Faults;
  station: StationLife | null = null;
  /** Edges passed, by what a planned crash may count. */
  readonly steps = { machine: 0, job: 0, client: 0 };
  /** The machine has no power. */
  isDark = false;
  readonly #reports = new MemoryReports();
  readonly #crash: PlannedCrash | null;
  #jobsAskedFor = 0;
  #stations = 0;
  #isResting = false;

  constructor({ seed, isTraced = false, calm, sometimes = new Sometimes() }: WorldOptions) {
    this.seed = seed;
    this.chance = new Chance(seed);
    this.sometimes = sometimes;
    this.#crash = calm?.crash ?? null;
    this.trace = new Trace(() => this.clock.nowMs(), isTraced);
    this.net = new SimNet(this.clock, this.chance, (from, to, bytes) =>
      this.trace.note(`${from.name} → ${to.name} ${bytes} bytes`),
    );
    this.medium = new MemoryMedium(this.chance, "the journal");
    this.god = new God({
      medium: this.medium,
      machine: () => this.machine,
      trace: this.trace,
      sometimes: this.sometimes,
      mayCommand: (principal) => principal === "ann" || principal === "bob",
      onCommand: (...command) => this.#copyElsewhere(...command),
      onWord: (...word) => this.faults.atWord(...word),
    });
    this.medium.onCommit = this.#committed;
    const blocks = (): number => this.chance.between(4, 20);
    const disks = ["SIM-A001", "SIM-B002"].map(
      (serial) => new SimDisk(serial, blocks(), this.clock, this.chance, this.god),
    );
    this.machine = new SimMachine(disks, this.chance);
    this.faults = new Faults(this, calm !== undefined);
    const isThere = [true, true, this.chance.oneIn(4), this.chance.oneIn(8), this.chance.oneIn(3)];
    this.persons = people
      .filter((_, i) => (calm ? i < 2 : isThere[i]))
      .map((character) => new Person(this, character));
  }

  /** Lives through it all; `god.breach` tells what did not hold. */
  async run(): Promise<void> {
    const isOver = (): boolean => this.god.breach !== null;
    this.startStation();
    for (const person of this.persons) this.#begin(person);
    this.faults.begin();
    await this.clock.run(this.faults.untilMs, isOver);
    if (isOver()) return;
    this.#isResting = true;
    this.faults.end();
    await this.#comeToRest(isOver);
    if (isOver()) return;
    this.#checkAtRest();
  }

  newLife(kind: LifeKind, name: string): Life {
    return new Life(kind, name, (life, what) => this.#edge(life, what));
  }

  /** Whether people may ask for more jobs: a life is short. */
  mayAskForMore(): boolean {
    return !this.#isResting && ++this.#jobsAskedFor <= 7;
  }

  // The station.

  startStation(): void {
    if (this.station !== null || this.isDark) return;
    const life = this.newLife("station", `station${++this.#stations}`);
    const host = new SimHost(
      {
        clock: this.clock,
        chance: this.chance,
        machine: this.machine,
        witness: this.god,
        mayStart: () => this.faults.mayStartProcess(),
        newLife: (name) => this.newLife("job", name),
      },
      life,
    );
    const station: StationLife = { life, host, parts: new AsyncDisposableStack(), server: null };
    this.station = station;
    this.trace.note(`${life.name} starts`);
    this.#serve(station).catch((error: unknown) => {
      this.#stationError(station, error);
      if (this.station === station) this.#stationIsGone(); // its supervisor starts it again
    });
  }

  async #serve(station: StationLife): Promise<void> {
    const { life, host, parts } = station;
    const own = { clock: new LifeClock(this.clock, life), random: new Chance(this.chance.word()) };
    const onError = (error: unknown): void => this.#stationError(station, error);
    const { server } = await startCore(
      { host, store: this.#openStore(life), reports: this.#reports, name: "simulated", world: own, onError },
      parts,
    );
    const reactor = parts.use(
      new Reactor({ ...own, net: this.net.of(life), limits: { lingerMs: 2_000, lingerBytes: 256 * 1024 } }),
    );
    station.server = server;
    await reactor.listenTCP(4711, new MessageLinesFactory(() => server.accept(door)), {
      interface: "10.0.0.1",
    });
    parts.defer(() => server.close("closing"));
  }

  /**
   * Here and elsewhere in a world no function is written where it is assigned to a property: V8 puts such a one among the
   * old objects at once, and all of its world outlives with it every collection of the young ones.
   */
  #openStore(life: Life): Store {
    const store = this.medium.open();
    const commit: Store["commit"] = store.commit.bind(store);
    const passEdge: Store["commit"] = (writes) => {
      life.edge("commit");
      commit(writes);
    };
    store.commit = passEdge;
    return store;
  }

  readonly #committed = (writes: readonly Write[]): void => {
    this.god.committed(writes);
    this.station?.life.edge("committed");
  };

  /** What is no fault of the world's is ours. */
  #stationError(station: StationLife, error: unknown): void {
    if (!station.life.isAlive || error instanceof Killed) return;
    if (error instanceof StoreBroken) {
      this.trace.note(`${station.life.name} ends: ${error.message}`);
      return this.#stationIsGone();
    }
    if (error instanceof Refusal && error.code === "UNAVAILABLE") return this.sometimes.saw("journal full");
    const isOfWorld = error instanceof Error && error.message.startsWith("Cannot record clock.jumped");
    if (!isOfWorld && !this.isStopping) this.god.ourBug(error, station.life.name);
  }

  isStopping = false;

  killStation(): void {
    if (this.station === null) return;
    this.trace.note(`${this.station.life.name} is killed`);
    this.#stationIsGone();
  }

  /** As at SIGTERM; it may take its time. */
  stopStation(): void {
    const { station } = this;
    if (station === null || this.isStopping) return;
    this.trace.note(`${station.life.name} is told to stop`);
    this.sometimes.saw("station stopped in order");
    this.isStopping = true;
    const gone = (): void => {
      if (this.station === station) this.#stationIsGone();
    };
    station.parts.disposeAsync().then(gone, gone);
    this.clock.callLater(20_000, () => {
      if (this.station === station)
        this.god.broken("L1", `${station.life.name} was told to stop, and did not`);
    });
  }

  #stationIsGone(): void {
    const { station } = this;
    if (station === null) return;
    this.station = null;
    this.isStopping = false;
    this.medium.kill();
    station.life.die();
    this.clock.callLater(this.chance.between(100, 3_000), () => this.startStation());
  }

  /** Nothing that the station has said of the lost one is heard any more. */
  loseJournal(): void {
    for (const link of this.net.links) link.isSilent = true;
    this.killStation();
    this.medium.replace();
    this.god.journalLost();
  }

  powerCut(isRenamed: boolean): void {
    this.trace.note("power cut");
    this.sometimes.saw("power cut");
    this.isDark = true;
    for (const link of this.net.links) link.isSilent = true;
    const { jobs } = this.god;
    if (this.station !== null) this.#stationIsGone();
    for (const job of jobs) job.life.die();
    this.machine.powerCut(isRenamed);
    this.clock.callLater(this.chance.between(500, 4_000), () => {
      this.isDark = false;
      this.startStation();
    });
  }

  // People.

  #begin(person: Person): void {
    person.start();
    const again = (): void => {
      if (this.#isResting) return;
      person.act();
      this.clock.callLater(this.chance.between(100, 2_500), again);
    };
    this.clock.callLater(this.chance.between(100, 1_500), again);
  }

  /** The same command comes over another connection, at the same time. */
  #copyElsewhere(principal: string, method: string, params: object): void {
    if (this.#isResting || !this.chance.oneIn(4)) return;
    const other = this.persons.find(
      ({ character, client, tap }) =>
        character.principal === principal && character.name !== principal && client !== null && tap?.isOpen,
    );
    other?.tap?.sendAgain(method, params);
  }

  killPerson(person: Person): void {
    if (!person.isThere) return;
    this.trace.note(`${person.life!.name} is killed`);
    this.sometimes.saw("client killed");
    person.kill();
    this.clock.callLater(this.chance.between(50, 4_000), () => this.startPerson(person));
  }

  startPerson(person: Person): void {
    if (!person.isThere) person.start();
  }

  // Crashes at an edge.

  #edge(life: Life, what: string): void {
    const { steps } = this;
    if (life.kind === "client") steps.client += 1;
    else steps.machine += 1;
    if (life.kind === "job") steps.job += 1;
    if (this.#crash !== null) return this.#crashIfPlanned(life);
    if (!this.#isResting) this.faults.atEdge(life, what);
  }

  #crashIfPlanned(life: Life): void {
    const { step, how } = this.#crash!;
    const { machine, job, client } = this.steps;
    if (how === "kill the station" && life.kind !== "client" && machine === step) this.killStation();
    if (how === "power cut" && life.kind !== "client" && machine === step)
      this.powerCut(this.chance.oneIn(2));
    if (how === "kill a job" && life.kind === "job" && job === step) life.die();
    if (how === "kill a client" && life.kind === "client" && client === step)
      this.killPerson(this.persons.find((person) => person.life === life)!);
  }

  // Coming to rest.

  async #comeToRest(isOver: () => boolean): Promise<void> {
    const untilMs = this.clock.nowMs() + restWithinMs;
    while (!isOver()) {
      const why = this.#whyNotAtRest();
      if (why === "") return;
      if (this.clock.nowMs() >= untilMs) return this.god.broken("L1", why);
      const connected = this.persons.find(
        ({ character, client }) => character.isOperator && client?.state.kind === "connected",
      );
      connected?.tidyUp(this.god.openJobs);
      await this.clock.run(this.clock.nowMs() + 1_000, isOver);
    }
  }

  get #sessionsDue(): number {
    return this.#peopleDue.length;
  }

  get #peopleDue(): Person[] {
    return this.persons.filter((person) => !person.isTurnedAway);
  }

  #whyNotAtRest(): string {
    const why = [
      ...this.god.openJobs.map(({ id, state, why: because }) => `${id} is ${state} (${because})`),
      ...[...this.god.jobs].map((job) => `${job.life.name} is there`),
      ...this.#peopleDue.flatMap((person) => this.#whyNotContent(person)),
    ];
    if (this.station === null) why.push("there is no station");
    else if (this.station.server?.connections !== this.#sessionsDue)
      why.push(
        `the station has ${this.station.server?.connections} connections of ${this.#sessionsDue} clients`,
      );
    if (why.length === 0) why.push(...this.#peopleDue.flatMap((person) => this.#whatIsSeenWrong(person)));
    if (why.length > 0) why.unshift(`not at rest after ${restWithinMs / 1000} s`);
    return why.join("; ");
  }

  #whyNotContent(person: Person): string[] {
    const { name } = person.character;
    if (!person.isUpToDate) return [`${name} has read up to ${person.seq} of ${this.god.lastSeq}`];
    const waiting = person.outbox.commands.size;
    return waiting === 0 ? [] : [`${name} has ${waiting} commands without an answer`];
  }

  #checkAtRest(): void {
    this.god.checkAtRest();
    this.#checkBounds();
  }

  /** I3: in the end everybody sees what is so. */
  #whatIsSeenWrong(person: Person): string[] {
    for (const [id, job] of this.god.jobTexts) {
      const seen = JSON.stringify(person.jobs.get(id));
      if (seen !== job) return [`${person.character.name} sees ${id} as ${seen}, and it is ${job}`];
    }
    const paths = [...person.devices].map(([path, { identity }]) => `${path} ${identity.serial}`).toSorted();
    const real = this.machine.disks.map(({ name, serial }) => `/dev/${name} ${serial}`).toSorted();
    if (paths.join() === real.join()) return [];
    return [`${person.character.name} sees ${paths.join()}, and there are ${real.join()}`];
  }

  /** I11: nothing is left over. */
  #checkBounds(): void {
    const sessions = this.#sessionsDue;
    const { station, god } = this;
    if (station === null) return;
    if (station.life.timers.size > 6 + 3 * sessions)
      god.broken("I11", `the station has ${station.life.timers.size} timers`);
    for (const { life, character } of this.persons)
      if (life !== null && life.timers.size > 5)
        god.broken("I11", `${character.name} has ${life.timers.size} timers`);
  }
}
