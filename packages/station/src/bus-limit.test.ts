import type { Client } from "@trofie/commands";
import type { Job, StationContract } from "@trofie/contract";
import { afterEach, expect, test } from "vitest";
import { StationInMemory } from "./testing/station-in-memory.ts";

const hub = "pci0000:00/0000:00:14.0/usb2/2-1";
const others = "pci0000:3a/0000:3b:00.0";

let world: StationInMemory;
let client: Client<StationContract>;

/** Three disks behind a hub, two behind a controller. */
async function open(atOncePerBus: number | null): Promise<void> {
  world = await StationInMemory.open();
  for (const name of ["a", "b", "c"]) world.host.add(`/dev/${name}`, `S-${name}`, { controller: hub });
  for (const name of ["x", "y"]) world.host.add(`/dev/${name}`, `S-${name}`, { controller: others });
  await world.restart({ atOncePerBus });
  client = world.client();
}

afterEach(async () => {
  await world.close();
  expect(world.errors).toEqual([]);
});

const eraseAll = async (...names: string[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const name of names) ids.push(await world.erase(client, `/dev/${name}`));
  await world.pass();
  return ids;
};
const jobs = async (ids: readonly string[]): Promise<Job[]> =>
  Promise.all(ids.map((id) => world.job(client, id)));
const states = async (ids: readonly string[]): Promise<string> =>
  (await jobs(ids)).map(({ state }) => state).join(" ");

test("without a limit all disks are worked on at once", async () => {
  await open(null);
  const ids = await eraseAll("a", "b", "c", "x", "y");
  expect(await states(ids)).toBe("running running running running running");
});

test("so many jobs work behind a hub, the next one waits and says why, and has its turn", async () => {
  await open(2);
  const ids = await eraseAll("a", "b", "c", "x", "y");
  expect(await states(ids)).toBe("running running queued running running");
  const why = "Only 2 jobs work at once behind USB hub 2-1";
  expect((await jobs(ids)).map((job) => job.why)).toEqual([null, null, why, null, null]);
  world.process(2).finish("erased"); // of x
  await world.pass();
  expect(await states(ids)).toBe("running running queued erased running");
  world.process(0).finish("erased");
  await world.pass();
  expect(await states(ids)).toBe("erased running running erased running");
  expect((await jobs(ids))[2]!.why).toBeNull();
});

test("of those that wait the one that was asked for first goes first, whatever its disk", async () => {
  await open(1);
  const ids = await eraseAll("a", "b", "a", "c");
  expect(await states(ids)).toBe("running queued queued queued");
  const order = [
    "erased running queued queued",
    "erased erased running queued",
    "erased erased erased running",
  ];
  for (const [i, expected] of order.entries()) {
    world.process(i).finish("erased");
    await world.pass();
    expect(await states(ids)).toBe(expected);
  }
});

test("a disk that hangs takes nobody's turn", async () => {
  await open(1);
  const ids = await eraseAll("a", "b");
  world.process(0).tell({ type: "stalled", message: "The disk has not answered for 20 seconds" });
  await world.pass();
  expect(await states(ids)).toBe("hung running");
  world.process(0).tell({ type: "answering" });
  await world.pass();
  expect(await states(ids)).toBe("running running");
});

test("a disk that erases itself, a check of health and an unmount neither wait nor count", async () => {
  await open(1);
  const itself = await world.erase(client, "/dev/a", "nvme-sanitize-block");
  const [first] = await eraseAll("b");
  const check = await world.operate(client, "health.check", { path: "/dev/c" });
  const unmount = await world.operate(client, "device.unmount", { path: "/dev/c" });
  await world.pass();
  expect(await states([itself, first!, check, unmount])).toBe("running running running running");
});

test("a station that starts again keeps the limit that it is given then", async () => {
  await open(1);
  const ids = await eraseAll("a", "b", "c");
  await world.restart({ atOncePerBus: 2 });
  await world.pass();
  expect(await states(ids)).toBe("running running queued");
  expect((await jobs(ids))[2]!.why).toBe("Only 2 jobs work at once behind USB hub 2-1");
  await world.restart();
  await world.pass();
  expect(await states(ids)).toBe("running running running");
});

test("a job that goes on is told what it may have to wait for", async () => {
  await open(1);
  const ids = await eraseAll("a", "b");
  world.process(0).end({ how: "interrupted", message: "The disk is gone" });
  await world.pass();
  expect(await states(ids)).toBe("interrupted running");
  const { job } = await world.run(client.command("job.resume", { job: ids[0]! }));
  expect([job.state, job.why]).toEqual(["queued", "Only one job works at once behind USB hub 2-1"]);
});
