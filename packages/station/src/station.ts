/** A station: journal, jobs, doors. Made of its parts here; nothing is decided here. */
import { hostname } from "node:os";
import { dirname } from "node:path";
import { CommandServer, type Door, type Handlers } from "@trofie/commands";
import { MessageLinesFactory } from "@trofie/commands/lines";
import { errorCodes, stationContract, type StationContract } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import {
  addressText,
  nodeNet,
  Reactor,
  systemClock,
  systemRandom,
  type Clock,
  type Net,
  type Random,
} from "@trofie/reactor";
import { PageAccess, tokenDoor, unixDoor } from "./access.ts";
import { DeviceWatch } from "./device-watch.ts";
import { StartError } from "./errors.ts";
import { digestOf, stationHandlers, type PageLinks } from "./handlers.ts";
import { JobQueue } from "./job-queue.ts";
import { Jobs } from "./jobs.ts";
import { Journal } from "./journal.ts";
import { settleOldProcesses } from "./old-processes.ts";
import { servePage } from "./page-server.ts";
import { Reports } from "./reports.ts";
import { makeFolders, openStateFolder, readToken, type StateFolder } from "./state-folder.ts";
import { StationLog } from "./station-log.ts";
import { version } from "./version.ts";

type Server = CommandServer<StationContract>;

export interface StationOptions {
  readonly host: DiskHost;
  readonly statePath: string;
  readonly socketPath: string;
  /** The TCP port on loopback; 0: any free one; null: none. */
  readonly port: number | null;
  /** The page's port on loopback; 0: any free one; null: no page. */
  readonly httpPort: number | null;
  /** Told of our own mistakes and of what the world did to us; for the log. */
  readonly onError: (error: unknown) => void;
  readonly world?: World;
}

/** What a station cannot make itself: time, chance and a network. A test gives its own. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly net: Net;
}

const realWorld: World = { clock: systemClock, random: systemRandom, net: nodeNet };

/** Where a station can be reached. */
export interface Listening {
  readonly socket: string;
  readonly tcp: string | null;
  /** A link that opens the page once. */
  readonly page: string | null;
  readonly tokenPath: string;
  readonly reportsPath: string;
}

/** Whoever is told goodbye and goes on sending is read a little longer, so that they can hear it, then cut. */
const goodbyeLimits = { lingerMs: 2_000, lingerBytes: 256 * 1024 };

/** How long a stopping station waits for writes in flight. */
const stopWithinMs = 5_000;

export class Station {
  readonly listening: Listening;
  readonly #parts: AsyncDisposableStack;

  private constructor(listening: Listening, parts: AsyncDisposableStack) {
    this.listening = listening;
    this.#parts = parts;
  }

  /** Starts a station. Throws a `StartError` that says what stands in the way; nothing is left behind then. */
  static async start(options: StationOptions): Promise<Station> {
    await using parts = new AsyncDisposableStack();
    const listening = await startParts(options, parts);
    return new Station(listening, parts.move());
  }

  /** Says goodbye to clients, stops the running jobs (they become `interrupted`), and closes the journal. */
  async stop(): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

async function startParts(options: StationOptions, parts: AsyncDisposableStack): Promise<Listening> {
  const folder = openStateFolder(options.statePath);
  const links: PageLinks = { newLink: () => null };
  const server = await startCore(options, folder, links, parts);
  return openDoors(options, folder, links, server, parts);
}

/** Journal, devices and jobs: all that goes on whether or not anybody watches. */
async function startCore(
  { host, onError, world = realWorld }: StationOptions,
  folder: StateFolder,
  links: PageLinks,
  parts: AsyncDisposableStack,
): Promise<Server> {
  const { clock, random } = world;
  const journal = parts.adopt(new Journal(folder.journalPath, clock), (opened) => opened.close());
  const jobs = new Jobs(journal);
  const reports = new Reports(folder.reportsPath, jobs);
  const devices = new DeviceWatch({ host, journal, clock, onError });
  const queue = new JobQueue({
    journal,
    jobs,
    host,
    clock,
    progress: (progress) => server.progress(progress.job, progress),
    ended: (job) => reports.write(job),
    onError,
  });
  const log = new StationLog(journal, devices, jobs);
  const handlers = stationHandlers({ host, devices, jobs, queue, clock, random, links });
  const server = commandServer(log, journal, handlers, clock, onError);
  journal.onCommit = () => server.eventsCommitted();

  journal.commit(() => journal.append("station.started", null, { version }));
  reports.writeMissing();
  parts.defer(() => queue.close(stopWithinMs));
  const stopping = new AbortController();
  parts.defer(() => stopping.abort());
  settleOldProcesses({ jobs, journal, host, queue, clock, signal: stopping.signal, onError });
  parts.defer(() => devices.stop());
  await devices.start();
  queue.startAll();
  return server;
}

function commandServer(
  log: StationLog,
  journal: Journal,
  handlers: Handlers<StationContract>,
  clock: Clock,
  onError: StationOptions["onError"],
): Server {
  return new CommandServer({
    station: `trofie ${version} on ${hostname()}`,
    contract: stationContract,
    handlers,
    codes: errorCodes,
    log,
    verdicts: journal,
    clock,
    digest: (method, params) => digestOf({ v: 1, method, params }),
    onInternalError: onError,
  });
}

async function openDoors(
  { socketPath, port, httpPort, world = realWorld }: StationOptions,
  folder: StateFolder,
  links: PageLinks,
  server: Server,
  parts: AsyncDisposableStack,
): Promise<Listening> {
  const reactor = parts.use(new Reactor({ ...world, limits: goodbyeLimits }));
  const lines = (door: Door): MessageLinesFactory => new MessageLinesFactory(() => server.accept(door));
  await orStartError(async () => makeFolders(dirname(socketPath)));
  await orStartError(() => reactor.listenUNIX(socketPath, lines(unixDoor)));
  const tcp =
    port === null
      ? null
      : await orStartError(() => reactor.listenTCP(port, lines(tokenDoor(readToken(folder)))));
  if (httpPort !== null) {
    const page = await servePage({
      port: httpPort,
      access: new PageAccess(world.clock),
      commands: server,
      clock: world.clock,
    });
    parts.defer(() => page.close());
    links.newLink = () => page.newLink();
  }
  parts.defer(() => server.close("closing"));
  return {
    socket: socketPath,
    tcp: tcp && addressText(tcp.address),
    page: links.newLink(),
    tokenPath: folder.tokenPath,
    reportsPath: folder.reportsPath,
  };
}

async function orStartError<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
}
