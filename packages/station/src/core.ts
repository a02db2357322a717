/** Journal, devices and jobs: all that goes on whether or not anybody watches. */
import { hostname } from "node:os";
import { CommandServer, type Handlers } from "@trofie/commands";
import { errorCodes, stationContract, type Job, type Progress, type StationContract } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock } from "@trofie/reactor";
import { PageAccess } from "./access.ts";
import { Admissions } from "./admissions.ts";
import { AfterRestart } from "./after-restart.ts";
import { DeviceWatch } from "./device-watch.ts";
import { digestOf } from "./digest.ts";
import { stationHandlers } from "./handlers.ts";
import { JobQueue } from "./job-queue.ts";
import { Jobs } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { Recorder } from "./recorder.ts";
import { Reports } from "./reports.ts";
import type { StateFolder } from "./state-folder.ts";
import { StartError } from "./start-error.ts";
import { StationLog } from "./station-log.ts";
import { version } from "./version.ts";
import type { World } from "./world.ts";

export type StationServer = CommandServer<StationContract>;

export interface CoreOptions {
  readonly host: DiskHost;
  readonly folder: StateFolder;
  readonly world: World;
  readonly onError: (error: unknown) => void;
}

export interface Core {
  readonly server: StationServer;
  readonly access: PageAccess;
}

/** How long a stopping station waits for writes in flight. */
const stopWithinMs = 5_000;

/** Takes up what the last station left, and starts. What must be undone is put on `parts`. */
export async function startCore(options: CoreOptions, parts: AsyncDisposableStack): Promise<Core> {
  const { host, folder, world, onError } = options;
  const { clock, random } = world;
  const journal = parts.adopt(new Journal(folder.journalPath, world), (opened) => opened.close());
  journal.onFull = onError;
  refuseIfBroken(journal, folder);
  const access = new PageAccess(clock, random, new Admissions(journal, clock));
  const jobs = new Jobs(journal);
  const reports = new Reports(folder.reportsPath, jobs);
  const devices = new DeviceWatch({ host, journal, clock, onError });
  const recorder = new Recorder(journal, clock);
  const ended = (job: Job): void => writeReport(reports, job, onError);
  const shared = { host, journal, jobs, devices, recorder, clock, ended, onError };
  const progress = (newest: Progress): void => server.progress(newest.job, newest);
  const queue = new JobQueue({ ...shared, progress });
  const handlers = stationHandlers({ ...shared, queue, random, access });
  const server = commandServer(new StationLog(journal, devices, jobs), journal, handlers, clock, onError);
  journal.onCommit = () => server.eventsCommitted();

  journal.commit(() => journal.append("station.started", null, { version }));
  reports.writeMissing();
  parts.defer(() => queue.close(stopWithinMs));
  const stopping = new AbortController();
  parts.defer(() => stopping.abort());
  parts.defer(() => devices.stop());
  await devices.start();
  new AfterRestart({ ...shared, queue, signal: stopping.signal }).takeUpJobs();
  queue.startAll();
  return { server, access };
}

/** A report that cannot be written now is written at the next start: the journal has all that stands in it. */
function writeReport(reports: Reports, job: Job, onError: (error: unknown) => void): void {
  try {
    reports.write(job);
  } catch (error) {
    onError(error);
  }
}

/** Goes on from no journal that somebody has changed. */
function refuseIfBroken(journal: Journal, { journalPath }: StateFolder): void {
  const seq = journal.firstBrokenSeq();
  if (seq === null) return;
  throw new StartError(`Cannot use ${journalPath}: event ${seq} does not follow from the one before it`);
}

function commandServer(
  log: StationLog,
  journal: Journal,
  handlers: Handlers<StationContract>,
  clock: Clock,
  onInternalError: (error: unknown) => void,
): StationServer {
  return new CommandServer({
    station: `trofie ${version} on ${hostname()}`,
    contract: stationContract,
    handlers,
    codes: errorCodes,
    log,
    verdicts: journal,
    clock,
    digest: (method, params) => digestOf({ v: 1, method, params }),
    onInternalError,
  });
}
