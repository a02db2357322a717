/** `trofie demo`: a station with three practice disks, the first of which is erased before your eyes. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { holdsDevice } from "@trofie/contract";
import { withStation, type StationClient } from "./connection.ts";
import { jsonDemoTeller, screenDemoTeller, type DemoTeller, type Listening } from "./demo-teller.ts";
import { Exit } from "./exit-codes.ts";
import { follow } from "./order-work.ts";
import { fillPracticeDisk, makeOwnFolder, makePracticeDisks, practiceNames } from "./practice-disks.ts";
import type { AddCommand, Common } from "./program.ts";
import { openScreen } from "./screen.ts";
import { paths } from "./station-address.ts";
import { endOf, passSignalsTo, spawnStation } from "./station-command.ts";

export const addDemo: AddCommand = (parent, common) => {
  parent
    .command("demo")
    .description("run a station with practice disks and erase one of them")
    .action(() => runDemo(common()));
};

/** Serves until the station ends, by Ctrl-C or by itself; then the program ends with its exit code. */
async function runDemo({ json }: Common): Promise<void> {
  const teller = json ? jsonDemoTeller : screenDemoTeller(openScreen(process.stdout));
  const folder = join(paths.state, "demo");
  const practice = join(folder, "practice");
  const images = join(folder, "images");
  for (const own of [practice, images]) await makeOwnFolder(own);
  const args = ["--json", "--state", join(folder, "state"), "--socket", paths.socket];
  const station = spawnStation([...args, "--http", "0", "--practice", practice, "--images", images], "pipe");
  passSignalsTo(station);
  void endOf(station).then((code) => process.exit(code));
  const listening = await firstLine(station);
  teller.started(listening);
  const { listener } = teller;
  const reportPath = (job: string): string => join(listening.reportsPath, `${job}.json`);
  await withStation(
    `unix:${listening.socket}`,
    async (client) => {
      await prepareDisks(client, practice);
      teller.madeDisks(practice);
      await eraseFirst(client, join(practice, practiceNames[0]), teller, reportPath);
    },
    { events: true, listener },
  );
  teller.whatNext(listening);
}

/** Makes the disks, and writes the first one full, unless a job of an earlier demo is at work there. */
async function prepareDisks(client: StationClient, practice: string): Promise<void> {
  const first = join(practice, practiceNames[0]);
  const { jobs } = await client.query("job.list", { limit: 1_000, open: true });
  const isBusy = jobs.some(({ path, state }) => path === first && (state === "queued" || holdsDevice(state)));
  if (!isBusy) await fillPracticeDisk(first);
  await makePracticeDisks(practice);
}

async function eraseFirst(
  client: StationClient,
  path: string,
  teller: DemoTeller,
  reportPath: (job: string) => string,
): Promise<void> {
  const planned = await client.query("erase.plan", { path, method: "zero" });
  teller.planned(planned);
  const { plan, hash } = planned;
  const typed = plan.confirm.word;
  const erasing = client.operate("erase.start", { path: plan.path, method: "zero", hash, typed });
  const job = await follow(client, erasing, teller);
  if (job.state !== "erased") throw new Exit("failed", `The practice disk was not erased: ${job.state}`);
  teller.erased(reportPath(job.id));
}

/** Where the station listens, as it says itself. */
async function firstLine(station: ChildProcess): Promise<Listening> {
  const lines = createInterface({ input: station.stdout as Readable });
  const [line] = (await once(lines, "line")) as [string];
  return JSON.parse(line) as Listening;
}
