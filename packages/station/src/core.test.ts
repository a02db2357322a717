/** The whole station but for its doors, on a medium, disks, a network and a clock in memory. */
import { Client, StoreBroken } from "@trofie/commands";
import { connectLines, MessageLinesFactory } from "@trofie/commands/lines";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor } from "@trofie/reactor";
import { MemoryNetwork, seededRandom, settle, VirtualClock } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unixDoor } from "./access.ts";
import { startCore, type Core } from "./core.ts";
import { isFatal } from "./journal.ts";
import { MemoryDiskHost } from "./testing/memory-disk-host.ts";
import { MemoryReports } from "./testing/memory-reports.ts";
import { MemoryMedium } from "./testing/memory-store.ts";

class SettableClock extends VirtualClock {
  setMs = 0;

  override wallMs(): number {
    return super.wallMs() + this.setMs;
  }
}

class World {
  readonly clock = new SettableClock();
  readonly random = seededRandom(1);
  readonly network = new MemoryNetwork({ seed: 1, clock: this.clock });
  readonly medium = new MemoryMedium(this.random);
  readonly reports = new MemoryReports();
  readonly errors: unknown[] = [];
  host = new MemoryDiskHost();
  core!: Core;
  #parts = new AsyncDisposableStack();
  #reactor!: Reactor;
  readonly #clientReactor = new Reactor({ net: this.network, clock: this.clock, random: this.random });
  readonly #clients: Client<StationContract>[] = [];

  async start(): Promise<void> {
    this.#parts = new AsyncDisposableStack();
    this.host = new MemoryDiskHost();
    this.host.add("/dev/a");
    const { clock, random, host, reports } = this;
    const onError = (error: unknown): void => {
      this.errors.push(error);
      if (isFatal(error)) this.#cutAll();
    };
    const options = { host, store: this.medium.open(), reports, name: "in memory", world: this, onError };
    this.core = await startCore(options, this.#parts);
    this.#reactor = new Reactor({ net: this.network, clock, random });
    await this.#reactor.listenTCP(1, new MessageLinesFactory(() => this.core.server.accept(unixDoor)));
  }

  /** As by SIGKILL: nothing of the old process can do anything to the medium, or be heard, any more. */
  async kill(): Promise<void> {
    this.medium.kill();
    this.#cutAll();
    for (const process of this.host.processes) process.isHung = true;
    await this.run(this.#reactor.stop());
    await this.run(this.#parts.disposeAsync().catch(() => {}));
    this.errors.length = 0;
  }

  async stop(): Promise<void> {
    await this.run(this.#reactor.stop());
    await this.run(this.#parts.disposeAsync());
  }

  client(): Client<StationContract> {
    const client = new Client<StationContract>({
      contract: stationContract,
      connect: connectLines(this.#clientReactor, "tcp:host=127.0.0.1:port=1"),
      clock: this.clock,
      random: this.random,
      agent: "test",
    });
    this.#clients.push(client);
    client.start();
    return client;
  }

  async erase(client: Client<StationContract>): Promise<string> {
    const asked = { path: "/dev/a", method: "zero" };
    const { plan, hash } = await this.run(client.query("erase.plan", asked));
    return this.run(client.operate("erase.start", { ...asked, hash, typed: plan.confirm.word }).job);
  }

  get types(): string[] {
    return this.medium.rows.events.map(({ type }) => type);
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.run(promise);
  }

  async pass(ms = 5_000): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) void client.stop();
    await this.run(this.#clientReactor.stop());
  }

  #cutAll(): void {
    for (const link of this.network.links) link.reset();
  }
}

let world: World;

beforeEach(async () => {
  world = new World();
  await world.start();
});

afterEach(async () => {
  await world.close();
  await world.stop();
  expect(world.errors).toEqual([]);
});

describe("a station", () => {
  test("erases, and reports, without a file", async () => {
    const id = await world.erase(world.client());
    await world.pass();
    world.host.processes[0]!.finish("erased");
    await world.pass();
    expect(JSON.parse(world.reports.reports.get(id)!)).toMatchObject({ job: { state: "erased" } });
  });

  /** 1 is the command's, 2 the start of its process, 3 that it verifies, 4 its end. */
  test.each([1, 2, 3, 4])(
    "that is killed in the moment of commit %i has the job once, and its end",
    async (fatal) => {
      let commits = 0;
      let isKilled = false;
      world.medium.onCommit = () => {
        commits += 1;
        isKilled = commits === fatal;
        if (isKilled) world.medium.kill();
      };
      const passWithoutDeath = async (): Promise<void> => {
        await world.pass(1_000);
        if (!isKilled) return;
        isKilled = false;
        await world.kill();
        await world.start();
        await world.pass();
      };
      const client = world.client();
      const asked = { path: "/dev/a", method: "zero" };
      const { plan, hash } = await world.run(client.query("erase.plan", asked));
      const erasing = client.operate("erase.start", { ...asked, hash, typed: plan.confirm.word });
      await passWithoutDeath();
      for (const tell of ["verifying", "end"] as const) {
        const process = world.host.processes.at(-1)!;
        if (tell === "verifying") process.tell({ type: "verifying" });
        else process.finish("erased");
        await passWithoutDeath();
      }
      const id = await world.run(erasing.job);
      expect(await world.run(erasing.result)).toMatchObject({ id, state: "erased" });
      expect(world.types.filter((type) => type === "job.accepted")).toHaveLength(1);
      expect(world.reports.has(id)).toBe(true);
    },
  );

  test.each([1, 2, 3, 4, 5, 6])(
    "whose flush fails answers nobody, and the next one says what became of the command (%i)",
    async (seed) => {
      for (let i = 0; i < seed; i += 1) world.random.number();
      const client = world.client();
      await world.pass();
      world.medium.failsNextFlush = true;
      const stopping = client.command("job.stop", { job: "j_none" });
      const outcome = stopping.catch((error: unknown) => error);
      await world.pass();
      expect(world.errors.some(isFatal)).toBe(true);
      expect(world.errors[0]).toBeInstanceOf(StoreBroken);
      await world.kill();
      await world.start();
      expect(await world.run(outcome)).toMatchObject({ code: "JOB_NOT_FOUND" });
      expect(world.types.filter((type) => type === "command.rejected")).toHaveLength(1);
    },
  );

  test("goes on with its jobs while its journal is full, keeps how they end, and says when there is room", async () => {
    const client = world.client();
    const id = await world.erase(client);
    await world.pass();
    world.medium.isFull = true;
    const stopping = client.command("job.stop", { job: "j_none" }).catch((error: unknown) => error);
    world.host.processes[0]!.tell({ type: "verifying" });
    world.host.processes[0]!.finish("erased");
    await world.pass();
    expect(world.reports.has(id)).toBe(true);
    world.medium.isFull = false;
    expect(await world.run(stopping)).toMatchObject({ code: "JOB_NOT_FOUND" });
    expect(world.types.slice(-3)).toEqual(["job.ended", "command.rejected", "journal.writable"]);
    expect(world.errors.splice(0)).toMatchObject([{ code: "UNAVAILABLE" }]);
  });

  test("starts on a full medium if room was set aside", async () => {
    await world.kill();
    world.medium.isFull = true;
    await world.start();
    world.medium.isFull = false;
    await world.pass();
    expect(world.types.filter((type) => type === "station.started")).toHaveLength(2);
    expect(world.errors.splice(0)).toMatchObject([{ code: "UNAVAILABLE" }]);
  });

  test("set back to an older journal is told so by its client, tells it, and records it", async () => {
    const client = world.client();
    await world.pass();
    const backup = world.medium.backup();
    for (let times = 0; times < 5; times += 1) await world.erase(client);
    await world.pass();
    const told: string[] = [];
    client.listen({ stationForgot: (how) => told.push(how) });
    await world.kill();
    world.medium.restore(backup);
    await world.start();
    await world.pass();
    expect(told).toEqual(["rolled-back"]);
    const { body } = world.medium.rows.events.find(({ type }) => type === "journal.doubted")!;
    expect(JSON.parse(body)).toMatchObject({ how: "rolled-back", client: client.id, agent: "test" });
  });

  test("set back, and gone on by itself to where its client was, is found out by the chain", async () => {
    const client = world.client();
    await world.pass();
    const backup = world.medium.backup();
    await world.erase(client);
    await world.pass();
    const told: string[] = [];
    client.listen({ stationForgot: (how) => told.push(how) });
    const { length } = world.medium.rows.events;
    await world.kill();
    world.medium.restore(backup);
    while (world.medium.rows.events.length < length + 3) {
      await world.start();
      await world.kill();
    }
    await world.start();
    await world.pass();
    expect(told).toEqual(["rewritten"]);
    expect(world.types).toContain("journal.doubted");
  });

  test("refuses to go on from a journal that was changed", async () => {
    await world.kill();
    world.medium.corrupt(1);
    await expect(world.start()).rejects.toThrow("event 1 does not follow from the one before it");
    await world.start().catch(() => {});
    world.medium.replace();
    await world.start();
  });

  test("records that the wall clock was set", async () => {
    world.clock.setMs = -3_600_000;
    await world.pass(10_000);
    expect(world.medium.rows.events.at(-1)).toMatchObject({
      type: "clock.jumped",
      body: `{"byMs":-3600000}`,
    });
  });
});
