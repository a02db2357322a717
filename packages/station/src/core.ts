/** Journal, devices and jobs: all that goes on whether or not anybody watches. Nothing here knows a file or a network. */
import { CommandServer, Refusal, type Doubt } from "@trofie/commands";
import {
  errorCodes,
  stationContract,
  type EventType,
  type Job,
  type Progress,
  type StationContract,
} from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock } from "@trofie/reactor";
import { PageAccess } from "./access.ts";
import { Admissions } from "./admissions.ts";
import { AfterRestart } from "./after-restart.ts";
import { AuthFailures } from "./auth-failures.ts";
import { ClockWatch } from "./clock-watch.ts";
import { DeviceWatch } from "./device-watch.ts";
import { digestOf } from "./digest.ts";
import { stationHandlers } from "./handlers.ts";
import { JobQueue } from "./job-queue.ts";
import { Jobs } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { Recorder } from "./recorder.ts";
import { Reports, type ReportShelf } from "./reports.ts";
import { DamagedError } from "./start-error.ts";
import { StationLog } from "./station-log.ts";
import type { Store } from "./store.ts";
import { version } from "./version.ts";
import type { World } from "./world.ts";

export type StationServer = CommandServer<StationContract>;

export interface CoreOptions {
  readonly host: DiskHost;
  /** Opened; the core closes it. */
  readonly store: Store;
  readonly reports: ReportShelf;
  /** As the station names itself: "trofie 0.1.0 on bench". */
  readonly name: string;
  /** Where the damaged journal was put in whose place this one is; null when there was none. */
  readonly putAside?: string | null;
  /** How many jobs may be at work at once behind one controller or USB hub; null: as many as there are. */
  readonly atOncePerBus?: number | null;
  readonly world: Pick<World, "clock" | "random">;
  /** Told of our own mistakes and of what the world did to us. After one that `isFatal` the process must end at once. */
  readonly onError: (error: unknown) => void;
  /** Told what belongs into the log, in a sentence. */
  readonly say?: (sentence: string) => void;
}

export interface Core {
  readonly server: StationServer;
  readonly access: PageAccess;
}

/** How long a stopping station waits for writes in flight. */
const stopWithinMs = 5_000;

/**
 * Takes up what the last station left, and starts. What must be undone is put on `parts`. Throws a `StartError` when the
 * journal is damaged.
 */
export async function startCore(options: CoreOptions, parts: AsyncDisposableStack): Promise<Core> {
  const { host, store, name, putAside = null, atOncePerBus = null, world, onError, say = () => {} } = options;
  const { clock, random } = world;
  const opened = parts.adopt(store, () => store.close());
  const journal = wholeJournal(opened, clock);
  journal.onFull = onError;
  const access = new PageAccess(clock, random, new Admissions(journal, clock));
  const jobs = new Jobs(journal);
  const reports = new Reports(options.reports, jobs);
  const devices = new DeviceWatch({ host, journal, clock, onError });
  const recorder = new Recorder(journal, clock);
  const ended = (job: Job): void => writeReport(reports, job, onError);
  const shared = { host, journal, jobs, devices, recorder, clock, ended, onError };
  const progress = (newest: Progress): void => server.progress(newest.job, newest);
  const queue = new JobQueue({ ...shared, progress, atOncePerBus });
  const handlers = stationHandlers({ ...shared, queue, random, access });
  const log = new StationLog(journal, devices, jobs);
  const note = auditOf(journal, onError);
  const authFailures = new AuthFailures(clock, say);
  const server = new CommandServer<StationContract>({
    station: name,
    contract: stationContract,
    handlers,
    codes: errorCodes,
    log,
    verdicts: journal,
    clock,
    digest: (method, params) => digestOf({ v: 1, method, params }),
    doubted: oncePerClient((doubt) => note("journal.doubted", doubt)),
    notAdmitted: (door, agent) => authFailures.refused(door, agent),
    onInternalError: onError,
  });
  const committed = (): void => server.eventsCommitted();
  journal.onCommit = committed;

  journal.commitAtAnyCost(() => recordStart(journal, putAside));
  journal.setReserveAside();
  for (const job of reports.missing()) writeReport(reports, job, onError);
  parts.defer(() => queue.close(stopWithinMs));
  const stopping = new AbortController();
  parts.defer(() => stopping.abort());
  parts.defer(() => devices.stop());
  const clockWatch = new ClockWatch(clock, (byMs) => note("clock.jumped", { byMs }));
  parts.defer(() => clockWatch.stop());
  await devices.start();
  new AfterRestart({ ...shared, queue, signal: stopping.signal }).takeUpJobs();
  queue.startAll();
  return { server, access };
}

/** The journal in the store. Goes on from none that somebody has changed. */
export function wholeJournal(store: Store, clock: Clock): Journal {
  const journal = new Journal(store, clock);
  const seq = journal.firstBrokenSeq();
  if (seq === null) return journal;
  throw new DamagedError(store.name, `event ${seq} does not follow from the one before it`);
}

/** What was found at the start is durable before anybody is let in: so far it may only have been read from memory. */
function recordStart(journal: Journal, putAside: string | null): void {
  if (journal.lastSeq === 0 && putAside !== null) journal.append("journal.replaced", null, { putAside });
  journal.append("station.started", null, { version });
}

/** A report that cannot be written now is written at the next start: the journal has all that stands in it. */
function writeReport(reports: Reports, job: Job, onError: (error: unknown) => void): void {
  try {
    reports.write(job);
  } catch (error) {
    onError(error);
  }
}

/** Who may only look on could fill the journal otherwise, by doubting it under one id after the other. */
const mostDoubters = 1_000;

function oncePerClient(note: (doubt: Doubt) => void): (doubt: Doubt) => void {
  const doubters = new Set<string>();
  return (doubt) => {
    if (doubters.has(doubt.client) || doubters.size >= mostDoubters) return;
    doubters.add(doubt.client);
    note(doubt);
  };
}

type Note = (type: EventType, body: object) => void;

/** Records what nobody waits for. What cannot be recorded is told to the log in its place. */
function auditOf(journal: Journal, onError: (error: unknown) => void): Note {
  return (type, body) => {
    try {
      journal.commit(() => journal.append(type, null, body));
    } catch (error) {
      onError(error);
      if (error instanceof Refusal) onError(new Error(`Cannot record ${type}: ${JSON.stringify(body)}`));
    }
  };
}
