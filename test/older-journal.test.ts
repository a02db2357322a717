/** A backup of the station's journal is put back: everybody who has read more than that is warned. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, globSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { stationForgotText } from "@trofie/commands";
import { chromium } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "./chaos/until.ts";
import { endOf, Workplace } from "./steps/station-process.ts";

const MiB = 1024 * 1024;
const browserPath = "/usr/bin/chromium";

let place: Workplace;
let station: ChildProcess;
let page: string;
let port: string;

beforeEach(async () => {
  place = new Workplace();
  place.practiceDisk("one", MiB);
  place.sparseDisk("endless", 16_384 * MiB);
  await start();
  ({ port } = new URL(page));
});

afterEach(() => place[Symbol.asyncDispose]());

async function start(...more: string[]): Promise<void> {
  const started = await place.start(...more);
  ({ station } = started);
  ({ page } = started.listening);
}

async function stop(): Promise<void> {
  station.kill("SIGTERM");
  await once(station, "exit");
}

const journalFiles = (folder: string): string[] => globSync(join(folder, "journal.sqlite*"));

function copyJournal(from: string, to: string): void {
  for (const path of journalFiles(to)) rmSync(path);
  for (const path of journalFiles(from)) cpSync(path, join(to, basename(path)));
}

/** The station goes on; when `meanwhile` has been, it is set back to where it is now. */
async function setBackAfter(meanwhile: () => Promise<void>): Promise<void> {
  const backup = join(place.folder, "backup");
  await stop();
  cpSync(place.state, backup, { recursive: true });
  await start("--http", port);
  await meanwhile();
  await stop();
  copyJournal(backup, place.state);
  await start("--http", port);
}

/** More events than a station tells by itself when it starts. */
async function muchHappens(): Promise<void> {
  for (let times = 0; times < 4; times += 1)
    await place.doWork("erase", "one", "--method", "zero", "--confirm", "one");
}

test("who watches is warned and goes on; who waits for a job that is missing is told that nobody knows, and ends with 6", async () => {
  const heard = { watch: "", wait: "" };
  let watching: ChildProcess;
  let waiting: ChildProcess;
  await setBackAfter(async () => {
    watching = place.spawnTrofie(["watch"]);
    watching.stdout!.resume();
    watching.stderr!.on("data", (data) => (heard.watch += String(data)));
    await once(watching.stdout!, "data");
    await muchHappens();
    waiting = place.spawnTrofie(["erase", "endless", "--method", "zero", "--confirm", "endless", "--wait"]);
    while (!String(await once(waiting.stdout!, "data")).includes("Writing"));
  });
  const { code, stderr, stdout } = await endOf(waiting!);
  expect(stderr).toBe(
    `Warning: ${stationForgotText["rolled-back"]}\nCannot tell what became of the job: the station has an older copy of its journal; look at the disk\n`,
  );
  expect(stdout).not.toContain("nothing was missed");
  expect(code).toBe(6);
  await until(() => heard.watch.endsWith("\n"));
  expect(heard.watch).toBe(`Warning: ${stationForgotText["rolled-back"]}\n`);
  expect(watching!.exitCode).toBeNull();
});

test.skipIf(!existsSync(browserPath))(
  `the page warns of it in the same words, until that is noted${existsSync(browserPath) ? "" : ` (skipped: there is no ${browserPath})`}`,
  async () => {
    const browser = await chromium.launch({
      executablePath: browserPath,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const tab = await browser.newPage();
      await tab.goto(page);
      const connected = tab.getByRole("banner").getByText("Connected", { exact: true });
      await connected.waitFor();
      await setBackAfter(async () => {
        await connected.waitFor();
        await muchHappens();
      });
      const warning = tab.getByRole("alert");
      await warning.getByText(stationForgotText["rolled-back"]).waitFor();
      await connected.waitFor();
      await warning.getByRole("button", { name: "I have read this" }).click();
      await warning.waitFor({ state: "detached" });
    } finally {
      await browser.close();
    }
  },
);
