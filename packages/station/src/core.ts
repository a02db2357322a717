/** Journal, devices and jobs: all that goes on whether or not anybody watches. */
import { hostname } from "node:os";
import { CommandServer, type Handlers } from "@trofie/commands";
import { errorCodes, stationContract, type Job, type StationContract } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock } from "@trofie/reactor";
import { PageAccess } from "./access.ts";
import { Admissions } from "./admissions.ts";
import { DeviceWatch } from "./device-watch.ts";
import { digestOf, stationHandlers } from "./handlers.ts";
import { JobQueue } from "./job-queue.ts";
import { Jobs } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { settleOldProcesses } from "./old-processes.ts";
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
  const queue = new JobQueue({
    journal,
    jobs,
    host,
    clock,
    progress: (progress) => server.progress(progress.job, progress),
    ended: (job) => writeReport(reports, job, onError),
    onError,
  });
  const handlers = stationHandlers({ host, devices, jobs, queue, clock, random, access });
  const server = commandServer(new StationLog(journal, devices, jobs), journal, handlers, clock, onError);
  journal.onCommit = () => server.eventsCommitted();

  journal.commit(() => journal.append("station.started", null, { version }));
  reports.writeMissing();
  parts.defer(() => queue.close(stopWithinMs));
  const stopping = new AbortController();
  parts.defer(() => stopping.abort());
  settleOldProcesses({ jobs, host, queue, clock, signal: stopping.signal, onError });
  parts.defer(() => devices.stop());
  await devices.start();
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
