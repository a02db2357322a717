/**
 * Somebody who works with a station. Their program dies and lives again with its outbox; they erase, verify, stop, pause
 * and resume as they please, mistype, and confirm plans that are old by then.
 */
import {
  Client,
  NoAnswerError,
  NotSentError,
  Refusal,
  type OutboxStore,
  type SnapshotItem,
  type EventRow,
  type InputOf,
} from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { MemoryOutbox } from "@trofie/commands/testing";
import { isOutcome, stationContract, type Device, type Job, type StationContract } from "@trofie/contract";
import { Reactor } from "@trofie/reactor";
import { Chance } from "./chance.ts";
import { Killed, LifeClock, type Life } from "./life.ts";
import { tapped, type Tap } from "./tap.ts";
import type { World } from "./world.ts";

export interface Character {
  readonly name: string;
  /** Whom the station takes them for. */
  readonly principal: string;
  /** What they show at the door. */
  readonly key: string;
  /** They look on, or they are nobody: no command of theirs may have an effect. */
  readonly isOperator: boolean;
}

const endpoint = "tcp:host=10.0.0.1:port=4711";

export class Person {
  readonly character: Character;
  readonly outbox = new MemoryOutbox();
  life: Life | null = null;
  client: Client<StationContract> | null = null;
  tap: Tap | null = null;
  /** What they see: jobs by id, devices by path, and up to which event. */
  jobs = new Map<string, Job>();
  devices = new Map<string, Device>();
  seq = 0;
  /** Their client was told that there is no use in coming back. */
  isTurnedAway = false;
  readonly #world: World;
  readonly #id: string;
  #lives = 0;

  constructor(world: World, character: Character) {
    this.#world = world;
    this.character = character;
    const hex = Buffer.from(world.chance.bytes(6)).toString("hex");
    this.#id = `00000000-0000-4000-8000-${hex}`;
  }

  get isThere(): boolean {
    return this.life?.isAlive === true;
  }

  /** Whether they are connected and know all that there is to know. */
  get isUpToDate(): boolean {
    return this.client?.state.kind === "connected" && this.seq === this.#world.god.lastSeq;
  }

  /** Their program starts. */
  start(): void {
    const { clock, net, god, sometimes } = this.#world;
    const life = this.#world.newLife("client", `${this.character.name}${++this.#lives}`);
    const own = { clock: new LifeClock(clock, life), random: new Chance(this.#world.chance.word()) };
    const reactor = new Reactor({ ...own, net: net.of(life) });
    const connect = tapped(
      connectLines(reactor, endpoint),
      {
        principal: this.character.principal,
        god,
        sometimes,
      },
      (tap) => (this.tap = tap),
    );
    const client = new Client<StationContract>({
      ...own,
      contract: stationContract,
      connect,
      agent: "simulated",
      auth: { key: this.character.key },
      client: this.#id,
      outbox: this.#outboxOf(life),
    });
    this.life = life;
    this.client = client;
    this.jobs = new Map();
    this.devices = new Map();
    this.seq = 0;
    client.listen({
      connectionChanged: (state) => {
        if (state.kind === "stopped" && life.isAlive) this.#stopped(state.code);
      },
      snapshotReceived: (items, seq) => this.#snapshot(items, seq),
      eventReceived: (row) => this.#event(row),
    });
    client.start();
  }

  /** Their program is killed. */
  kill(): void {
    this.life?.die();
    this.client = null;
    this.tap = null;
  }

  /** They do something. */
  act(): void {
    const { client, character } = this;
    if (!client || !this.isThere) return;
    const { chance } = this.#world;
    const dice = chance.between(1, 100);
    if (dice <= 45) this.#erase(client);
    else if (dice <= 52) this.#verify(client);
    else if (dice <= 64) this.#command(client, "job.stop");
    else if (dice <= 74) this.#command(client, "job.pause");
    else if (dice <= 86) this.#command(client, "job.resume");
    else if (dice <= 90) this.#watch(client.query("device.list", {}));
    else if (dice <= 93) this.#watch(client.query("job.list", { limit: 5 }));
    else this.#meddle(character.isOperator);
  }

  /** Brings every job to an end, once the world is whole again. */
  tidyUp(jobs: readonly Job[]): void {
    const { client } = this;
    if (client?.state.kind !== "connected") return;
    for (const { id, state } of jobs) {
      if (state !== "paused" && state !== "interrupted") continue;
      client.command("job.resume", { job: id }).catch((error: unknown) => {
        if (error instanceof Refusal && error.code === "JOB_CANNOT_RESUME")
          this.#watch(client.command("job.stop", { job: id }));
        else this.#unlessExpected(error);
      });
    }
  }

  #outboxOf(life: Life): OutboxStore {
    const { outbox } = this;
    const pass = (what: string): void => {
      if (!life.edge(what)) throw new Killed("the client is dead");
    };
    return {
      load: () => outbox.load(),
      save: (command) => {
        pass("outbox saves");
        outbox.save(command);
        this.#world.god.saved.add(command.cmd);
        pass("outbox saved");
      },
      remove: (cmd) => {
        pass("outbox removes");
        outbox.remove(cmd);
      },
    };
  }

  #stopped(code: string | null): void {
    this.isTurnedAway = true;
    if (code === "AUTH_FAILED") this.#world.sometimes.saw("stranger turned away");
    else
      this.#world.god.broken(
        "L1",
        `${this.character.name} was turned away: ${JSON.stringify(this.client?.state)}`,
      );
  }

  #snapshot(items: readonly SnapshotItem[], seq: number): void {
    this.seq = seq;
    this.jobs = new Map();
    this.devices = new Map();
    for (const { kind, id, item } of items) {
      if (kind === "job") this.jobs.set(id, item as Job);
      if (kind === "device") this.devices.set(id, item as Device);
    }
  }

  #event({ seq, type, job, body }: EventRow): void {
    this.seq = seq;
    if (type === "station.started") this.devices = new Map();
    else if (type === "device.removed") this.devices.delete((body as Device).path);
    else if (type.startsWith("device.")) this.devices.set((body as Device).path, body as Device);
    else if (type.startsWith("job.")) this.jobs.set(job!, body as Job);
  }

  /** A plan is made, looked at for a while, and confirmed. */
  #erase(client: Client<StationContract>): void {
    const { chance, clock } = this.#world;
    if (!this.#world.mayAskForMore()) return;
    const life = this.life!;
    const path = chance.oneIn(12) ? "/dev/sdz" : `/dev/${chance.pick(["sdb", "sdc"])}`;
    const asked = { path, ...chance.pick(methods) };
    this.#watch(
      client.query("erase.plan", asked).then(({ plan, hash }) => {
        const typed = chance.oneIn(15) ? "nope" : plan.confirm.word;
        const thinksMs = chance.oneIn(5) ? chance.between(1_000, 8_000) : chance.between(50, 600);
        return clock.callLater(thinksMs, () => {
          if (life.isAlive) this.#operate(client, "erase.start", { ...asked, hash, typed });
        });
      }),
    );
  }

  #verify(client: Client<StationContract>): void {
    const { chance } = this.#world;
    if (!this.#world.mayAskForMore()) return;
    const path = `/dev/${chance.pick(["sdb", "sdc"])}`;
    const job = this.#someJob();
    const expect = job !== null && chance.oneIn(2) ? { job } : { hex: "00" };
    this.#operate(client, "verify.start", { path, expect });
  }

  /** What they are told of a job's end is what stands in the journal. */
  #operate(client: Client<StationContract>, method: "erase.start" | "verify.start", input: object): void {
    const { job, result } = client.operate(method, input as never);
    job.catch(this.#unlessExpected);
    this.#watch(result.then((ended) => this.#checkEnded(ended)));
  }

  #checkEnded(ended: Job): void {
    const { god } = this.#world;
    if (god.jobTexts.get(ended.id) !== JSON.stringify(ended) || !isOutcome(ended.state))
      god.broken("I1", `${this.character.name} was told how ${ended.id} ended, and it did not end so`);
  }

  #command(client: Client<StationContract>, method: "job.stop" | "job.pause" | "job.resume"): void {
    const job = this.#someJob();
    if (job !== null) this.#watch(client.command(method, { job }));
  }

  /** Mostly one that has not ended. */
  #someJob(): string | null {
    const { chance } = this.#world;
    const ids = [...this.jobs.keys()];
    if (ids.length === 0) return null;
    const open = ids.filter((id) => this.jobs.get(id)!.report === null);
    return chance.pick(open.length > 0 && !chance.oneIn(8) ? open : ids);
  }

  /** A copy of a command comes late, or its id is used again. */
  #meddle(isOperator: boolean): void {
    const { god, chance } = this.#world;
    if (!this.tap?.isOpen || !isOperator) return;
    const isAnothers = chance.oneIn(4);
    const own = [...god.commands.values()].filter(
      ({ principal, isRecorded }) =>
        (principal !== this.character.principal) === isAnothers && (!isAnothers || isRecorded),
    );
    if (own.length === 0) return;
    const { method, params, answer, isRecorded } = chance.pick(own);
    if (isAnothers) return this.tap.reuse(method, params);
    if (chance.oneIn(2)) return this.tap.sendAgain(method, params);
    if (answer === null || !isRecorded) return;
    const other = method.startsWith("job.") ? { job: this.#someJob() ?? "j_none" } : { path: "/dev/sdz" };
    const changed = { ...params, ...other };
    if (JSON.stringify(changed) !== JSON.stringify(params)) this.tap.reuse(method, changed);
  }

  #watch(answer: Promise<unknown>): void {
    answer.catch(this.#unlessExpected);
  }

  readonly #unlessExpected = (error: unknown): void => {
    if (error instanceof NoAnswerError || error instanceof NotSentError || error instanceof Killed) return;
    if (!(error instanceof Refusal)) return this.#world.god.ourBug(error, `${this.character.name}'s client`);
    if (error.code === "DENIED") this.#world.sometimes.saw("viewer denied");
    if (error.code === "INTERNAL") this.#world.god.ourBug(error, "the station's answer");
  };
}

const random = { stream: "aes-256-ctr" } as const;
const methods: readonly Omit<InputOf<StationContract["methods"]["erase.plan"]>, "path">[] = [
  { method: "zero" },
  { method: "zero" },
  { method: "one", blank: true },
  { method: "random", ...random },
  { method: { title: "Two", passes: ["5a", "a55a01"] }, verify: "all" },
  { method: { title: "Random, then zeros", passes: ["random", "00"] }, ...random },
];
