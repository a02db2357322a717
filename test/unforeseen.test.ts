/** A station in which something happens that nobody foresaw: it ends, and the next one goes on with what is in the journal. */
import { once } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Workplace } from "./steps/station-process.ts";

const MiB = 1024 * 1024;
const mistake = 'process.once("SIGUSR2", () => { throw new Error("Nobody foresaw this"); })';

let place: Workplace;

beforeEach(() => {
  place = new Workplace();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await place[Symbol.asyncDispose]();
});

test("a station ends with 70 after a mistake of its own, says which, and the next one erases what it had begun", async () => {
  place.practiceDisk("one", 256 * MiB);
  vi.stubEnv("NODE_OPTIONS", `--import=data:text/javascript,${encodeURIComponent(mistake)}`);
  const { station } = await place.start();
  let said = "";
  station.stderr!.on("data", (data: Buffer) => (said += data.toString()));
  const job = await place.startWork("erase", "one", "--method", "zero", "--rounds", "8", "--confirm", "one");
  station.kill("SIGUSR2");
  const [code] = (await once(station, "close")) as [number | null];
  expect([code, said]).toEqual([70, expect.stringContaining("Error: Nobody foresaw this")]);

  vi.unstubAllEnvs();
  await place.start();
  await vi.waitUntil(async () => (await place.job(job)).endedAt !== null, { timeout: 60_000, interval: 200 });
  expect(await place.job(job)).toMatchObject({ state: "erased", report: { outcome: "erased" } });
});
