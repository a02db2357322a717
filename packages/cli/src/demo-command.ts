/** `trofie demo`: a station with three practice disks, the first of which is erased before your eyes. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bytesText } from "@trofie/contract";
import { paths, withStation, type StationClient } from "./connection.ts";
import { connectionInWords } from "./connection-text.ts";
import { followJob } from "./follow-job.ts";
import { Exit } from "./exit-codes.ts";
import { makePracticeDisks, practiceDiskBytes } from "./practice-disks.ts";
import { openScreen, styled, type Screen } from "./screen.ts";
import { endOf, passSignalsTo, spawnStation } from "./station-command.ts";

interface Listening {
  readonly socket: string;
  readonly page: string;
  readonly reportsPath: string;
}

/** Serves until the station ends, by Ctrl-C or by itself; then the program ends with its exit code. */
export async function runDemo(): Promise<void> {
  const screen = openScreen(process.stdout);
  const folder = join(paths.state, "demo");
  const practice = join(folder, "practice");
  const disks = await makePracticeDisks(practice);
  screen.line(`Made ${disks.length} practice disks of ${bytesText(practiceDiskBytes)} in ${practice}`);
  const args = ["--json", "--state", join(folder, "state"), "--socket", paths.socket];
  const station = spawnStation([...args, "--http", "0", "--practice", practice], "pipe");
  passSignalsTo(station);
  void endOf(station).then((code) => process.exit(code));
  const listening = await firstLine(station);
  screen.line(`Started a station; it listens on unix:${listening.socket}`);
  const address = `unix:${listening.socket}`;
  await withStation(address, (client) => eraseFirst(client, disks[0]!, screen, listening), { events: true });
  for (const line of whatNext(listening)) screen.line(line);
}

async function eraseFirst(
  client: StationClient,
  path: string,
  screen: Screen,
  { reportsPath }: Listening,
): Promise<void> {
  client.listen(connectionInWords(screen));
  const { plan, hash } = await client.query("erase.plan", { path, method: "zero" });
  screen.line(`Erasing ${plan.path}: ${plan.method.title}`);
  const typed = plan.confirm.word;
  const erasing = client.operate("erase.start", { path: plan.path, method: "zero", hash, typed });
  const job = await erasing.job;
  const { state, report } = await followJob(erasing, screen);
  if (state !== "erased") throw new Exit("failed", `The practice disk was not erased: ${state}`);
  const { bytesRead, mismatchedBytes } = report!.verification!;
  screen.line(
    styled("green", `Erased and verified: ${bytesText(bytesRead)} read back, ${mismatchedBytes} bytes wrong`),
  );
  screen.line(`The report: ${join(reportsPath, `${job}.json`)}`);
}

function whatNext({ page }: Listening): string[] {
  return [
    "",
    styled("bold", "The page (this link works once):"),
    `  ${page}`,
    "",
    styled("bold", "In a second terminal:"),
    "  npx trofie devices",
    "  npx trofie watch",
    "  npx trofie erase practice-2 --method zero --wait",
    "",
    "Ctrl-C ends the station.",
  ];
}

/** Where the station listens, as it says itself. */
async function firstLine(station: ChildProcess): Promise<Listening> {
  const lines = createInterface({ input: station.stdout as Readable });
  const [line] = (await once(lines, "line")) as [string];
  return JSON.parse(line) as Listening;
}
