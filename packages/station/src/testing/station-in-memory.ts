/** A whole station on a memory network, a virtual clock and memory disks; only its state folder is real. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientOptions, type InputOf, type MethodOfKind } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract, type Job, type StationContract } from "@trofie/contract";
import { Reactor, type Random } from "@trofie/reactor";
import { MemoryNetwork, seededRandom, settle, VirtualClock } from "@trofie/reactor/testing";
import { Station, type StationOptions } from "../station.ts";
import { MemoryDiskHost, type MemoryJobProcess } from "./memory-disk-host.ts";

export class StationInMemory {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork;
  readonly random: Random;
  readonly folder = mkdtempSync(join(tmpdir(), "trofie-station-"));
  readonly errors: unknown[] = [];
  host = new MemoryDiskHost();
  station!: Station;
  readonly #clientReactor: Reactor;
  readonly #clients: Client<StationContract>[] = [];

  private constructor(seed: number) {
    this.network = new MemoryNetwork({ seed, clock: this.clock });
    this.random = seededRandom(seed);
    this.#clientReactor = new Reactor({ net: this.network, clock: this.clock, random: this.random });
  }

  static async open(seed = 1): Promise<StationInMemory> {
    const world = new StationInMemory(seed);
    world.host.add("/dev/a");
    world.host.add("/dev/b");
    await world.start();
    return world;
  }

  get statePath(): string {
    return join(this.folder, "state");
  }

  async start(more: Partial<StationOptions> = {}): Promise<void> {
    this.station = await Station.start({
      ...more,
      host: this.host,
      statePath: this.statePath,
      socketPath: join(this.folder, "run/station.sock"),
      port: null,
      httpPort: null,
      onError: (error) => this.errors.push(error),
      world: { clock: this.clock, random: this.random, net: this.network },
    });
  }

  client(options: Partial<ClientOptions<StationContract>> = {}): Client<StationContract> {
    const client = new Client<StationContract>({
      contract: stationContract,
      connect: connectLines(this.#clientReactor, `unix:${join(this.folder, "run/station.sock")}`),
      clock: this.clock,
      random: this.random,
      agent: "test",
      ...options,
    });
    this.#clients.push(client);
    client.start();
    return client;
  }

  /** Plans and starts an erase, as somebody who types the right word. Returns the job's id. */
  async erase(client: Client<StationContract>, path: string, method = "zero"): Promise<string> {
    const { plan, hash } = await this.run(client.query("erase.plan", { path, method }));
    const typed = plan.confirm.word;
    return this.run(client.operate("erase.start", { path, method, hash, typed }).job);
  }

  /** Plans and starts the writing of an image likewise. */
  async writeImage(client: Client<StationContract>, path: string): Promise<string> {
    const asked = { path, image: "debian.img.xz" };
    const { plan, hash } = await this.run(client.query("image.plan", asked));
    return this.run(client.operate("image.write", { ...asked, hash, typed: plan.confirm.word }).job);
  }

  /** Starts work that nobody confirms. Returns the job's id. */
  operate<N extends MethodOfKind<StationContract, "operation">>(
    client: Client<StationContract>,
    method: N,
    input: InputOf<StationContract["methods"][N]>,
  ): Promise<string> {
    return this.run(client.operate(method, input).job);
  }

  async job(client: Client<StationContract>, id: string): Promise<Job> {
    return (await this.run(client.query("job.get", { job: id }))).job;
  }

  process(index: number): MemoryJobProcess {
    return this.host.processes[index]!;
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.run(promise);
  }

  /** Lets a second pass. */
  async pass(): Promise<void> {
    await this.clock.advance(1_000);
    await settle();
  }

  async stop(): Promise<void> {
    await this.run(this.station.stop());
  }

  /** As when the station's machine loses its power, or it is killed: no process of a job ends in its sight. */
  async kill(): Promise<void> {
    for (const process of this.host.processes) process.isHung = true;
    await this.stop();
  }

  async restart(more: Partial<StationOptions> = {}): Promise<void> {
    await this.stop();
    await this.start(more);
    await this.pass();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) void client.stop();
    await this.stop();
    await this.run(this.#clientReactor.stop());
    rmSync(this.folder, { recursive: true });
  }
}
