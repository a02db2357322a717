/** The disk that the system or the station lives on, asked for by somebody on the network: a real one, made for it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Client, type Refusal } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor, systemClock, systemRandom } from "@trofie/reactor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LoopWorkshop, run, whyNoLoops } from "../packages/disks/src/testing/loop-device.ts";
import { Workplace } from "./steps/station-process.ts";

const noLoops = whyNoLoops();

describe.skipIf(noLoops)(`the station's own disk${noLoops ? ` (skipped: ${noLoops})` : ""}`, () => {
  let loops: LoopWorkshop;
  let place: Workplace;
  let path: string;
  let mount: string;
  let reactor: Reactor;
  let client: Client<StationContract>;

  beforeAll(async () => {
    loops = new LoopWorkshop();
    place = new Workplace();
    path = loops.attach(loops.makeSparseFile(64 * 2 ** 20));
    mount = join(loops.folder, "mount");
    run("mkfs.ext4", "-q", path);
    mkdirSync(mount);
    loops.mount(path, mount);
    await place.start("--state", join(mount, "state"));
    reactor = new Reactor();
    client = new Client({
      contract: stationContract,
      connect: connectLines(reactor, `unix:${place.socket}`),
      clock: systemClock,
      random: systemRandom,
      agent: "test",
    });
    client.start();
  });

  afterAll(async () => {
    await client.stop();
    await reactor[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
    loops.removeAll();
  });

  const confirmation = { hash: "0".repeat(64), typed: "yes" };
  const asked: readonly [string, () => Promise<unknown>][] = [
    ["erase.plan", () => client.query("erase.plan", { path, method: "zero" })],
    ["erase.start", () => client.operate("erase.start", { path, method: "zero", ...confirmation }).job],
    ["image.plan", () => client.query("image.plan", { path, image: "a.img" })],
    ["image.write", () => client.operate("image.write", { path, image: "a.img", ...confirmation }).job],
    ["device.spinDown", () => client.operate("device.spinDown", { path }).job],
    ["device.unmount", () => client.operate("device.unmount", { path }).job],
  ];

  test.each(asked)("is refused by %s, whatever is shown for it", async (_, ask) => {
    const refusal = await ask().then(
      () => null,
      (error: unknown) => error as Refusal,
    );
    expect(refusal).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
    expect(refusal!.message).toContain(path);
    expect((await client.query("job.list", { limit: 10 })).jobs).toEqual([]);
  });

  test("is shown as refused, and the terminal ends with 4", async () => {
    const { devices } = await client.query("device.list", {});
    const own = devices.find((device) => device.path === path);
    expect(own?.refusal).toMatchObject({ code: "DEVICE_IS_SYSTEM" });
    const { code, stderr } = await place.trofie("erase", path, "--method", "zero", "--confirm", "yes");
    expect([code, stderr]).toEqual([4, expect.stringContaining(`Cannot erase ${path}`)]);
  });
});
