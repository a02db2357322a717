/**
 * Erases a loop device while the job's process, or the station, is killed at moments drawn by chance; lets the job go on
 * each time, and looks at the medium when it has ended:
 *
 *     npm run lab:kills -- --kills 200 [--seed 1a2b]
 *
 * Ends with 1 when a job did not end erased, when a byte is not as it was said to be written, or when two processes had
 * the device open at once.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { isOutcome, type Job } from "@trofie/contract";
import { FaultLoop } from "./fault-loop/fault-loop.ts";
import { whyNoFaultLoops } from "./requirements.ts";
import { HostStation } from "./stations/host-station.ts";
import { whyNotBuilt } from "./stations/our-programs.ts";
import { findingsOf } from "./stations/remote-control.ts";
import { Chance } from "./trials/chance.ts";
import { Holders } from "./trials/holders.ts";
import { whatWasWritten } from "./trials/what-was-written.ts";

const sizeBytes = 32 * 2 ** 20;
/** A pass takes some seconds by that, so that there is a middle to die in. */
const faults = { delayMs: 30 };
/** From the moment at which the job is at work. */
const longestLifeMs = 1500;
const mostKillsOfOne = 6;

const { values } = parseArgs({
  options: { kills: { type: "string", default: "50" }, seed: { type: "string" } },
});
const missing = whyNoFaultLoops() ?? whyNotBuilt();
if (missing) throw new Error(`Cannot kill erases: it ${missing}`);
const seed = values.seed ?? randomBytes(4).toString("hex");
const chance = new Chance(seed);
const figures = { job: 0, station: 0, paused: 0, erases: 0, wrong: 0, resumptions: 0, fromCheckpoint: 0 };
process.exitCode = await killAll(Number(values.kills));

async function killAll(wanted: number): Promise<number> {
  say(`seed ${seed}`);
  const beganAt = performance.now();
  await using loop = await FaultLoop.attach({ sizeBytes, faults });
  await using station = await HostStation.start();
  using holders = new Holders(loop.path);
  while (figures.job + figures.station < wanted) await eraseOnce(loop, station, wanted);
  if (holders.most > 1) figures.wrong++;
  const { job, station: stations, erases, resumptions, fromCheckpoint, paused, wrong } = figures;
  say(
    `kills: ${job + stations} (${job} of a job, ${stations} of the station, ${paused} after a pause) in ${erases} erases, ` +
      `${resumptions} resumptions (${fromCheckpoint} from beyond the start), at most ${holders.most} process on the device ` +
      `in ${holders.looks} looks, ${wrong} wrong, ${((performance.now() - beganAt) / 1000).toFixed(0)} s, seed ${seed}`,
  );
  return wrong === 0 ? 0 : 1;
}

async function eraseOnce(loop: FaultLoop, station: HostStation, wanted: number): Promise<void> {
  const { control } = station;
  await loop.disk.fill("SECRET\n");
  const id = await control.erase(loop.path, { method: chance.oneOf(["zero", "random"]) });
  const left = Math.min(wanted - figures.job - figures.station, chance.between(1, mostKillsOfOne));
  for (let kills = 0; kills < left; kills++) {
    await untilAtWork(station, id);
    if (chance.below(2) === 0) await pauseAndResume(station, id);
    await delay(chance.below(longestLifeMs));
    if (hasEnded(control.jobs.get(id))) break;
    await (chance.below(2) === 0 ? killJob(station, id) : killStation(station));
  }
  await untilAtWork(station, id);
  const job = await control.ended(id);
  figures.erases++;
  await check(loop, job);
}

/** A job that only its process was taken from waits to be resumed; one whose station restarts goes on by itself. */
async function untilAtWork({ control }: HostStation, id: string): Promise<void> {
  const isAtWork = (): boolean => {
    const job = control.jobs.get(id);
    return hasEnded(job) || job?.state === "running" || job?.state === "verifying";
  };
  const state = () => control.jobs.get(id)?.state;
  await control.until("the job is at work, or rests", () => isAtWork() || state() === "interrupted");
  if (state() === "interrupted") await control.resume(id);
  await control.until("the job is at work", isAtWork);
}

/** What is written before a pause is durable, and kept: from there it goes on when it is killed after that. */
async function pauseAndResume({ control }: HostStation, id: string): Promise<void> {
  await delay(chance.below(longestLifeMs / 4));
  const { client } = control;
  const isPaused = await client.command("job.pause", { job: id }).then(
    () => true,
    () => false, // it has ended meanwhile
  );
  if (!isPaused) return;
  const job = () => control.jobs.get(id);
  await control.until("the job is paused", () => {
    // Interrupted: its process was just being taken up by a station that had started again.
    return job()?.state === "paused" || job()?.state === "interrupted" || hasEnded(job());
  });
  if (hasEnded(job())) return;
  await client.command("job.resume", { job: id });
  figures.paused++;
}

async function killJob(station: HostStation, id: string): Promise<void> {
  const pid = await station.jobProcess();
  if (pid === null) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return; // it was quicker
  }
  figures.job++;
  const job = () => station.control.jobs.get(id);
  await station.control.until("the job is interrupted", () => {
    return job()?.state === "interrupted" || hasEnded(job());
  });
}

async function killStation(station: HostStation): Promise<void> {
  figures.station++;
  const startsAgain = station.control.startsAgain();
  await station.kill();
  await station.restart();
  await startsAgain;
}

async function check(loop: FaultLoop, job: Job): Promise<void> {
  const wrong = await whatIsWrong(loop, job);
  if (wrong === null) return;
  figures.wrong++;
  say(`${job.title}, ${job.id}: ${wrong}`);
}

async function whatIsWrong({ disk }: FaultLoop, job: Job): Promise<string | null> {
  if (job.state !== "erased") return `it ended ${job.state}: ${job.report?.message}`;
  const findings = findingsOf(job);
  figures.resumptions += findings.resumptions.length;
  figures.fromCheckpoint += findings.resumptions.filter(({ offset, proven }) => offset > 0 && proven).length;
  const found = await disk.peek(0, sizeBytes);
  return whatWasWritten(findings, sizeBytes).equals(found) ? null : "the medium is not as it was said to be";
}

function hasEnded(job: Job | undefined): boolean {
  return job !== undefined && isOutcome(job.state);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
