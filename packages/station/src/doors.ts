/** The ways in: a UNIX socket, a TCP port, the page. */
import { accessSync, constants, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Door } from "@trofie/commands";
import { MessageLinesFactory } from "@trofie/commands/lines";
import { addressText, asError, Reactor } from "@trofie/reactor";
import { tokenDoor, unixDoor, type PageAccess } from "./access.ts";
import type { StationServer } from "./core.ts";
import { StartError } from "./start-error.ts";
import { makeFolders, tokenOf, type StateFolder } from "./state-folder.ts";
import { whyNot } from "./why-not.ts";
import type { World } from "./world.ts";

/** Where a station can be reached. */
export interface Listening {
  readonly socket: string;
  readonly tcp: string | null;
  /** A link that opens the page once. */
  readonly page: string | null;
  readonly tokenPath: string;
  readonly reportsPath: string;
}

export interface DoorsOptions {
  readonly socketPath: string;
  readonly port: number | null;
  readonly httpPort: number | null;
  readonly folder: StateFolder;
  readonly access: PageAccess;
  readonly server: StationServer;
  readonly world: World;
}

/** Whoever is told goodbye and goes on sending is read a little longer, so that they can hear it, then cut. */
const goodbyeLimits = { lingerMs: 2_000, lingerBytes: 256 * 1024 };

/** Opens what is asked for. What must be undone is put on `parts`. */
export async function openDoors(options: DoorsOptions, parts: AsyncDisposableStack): Promise<Listening> {
  const { socketPath, folder, access } = options;
  const tcp = await openSockets(options, parts);
  await openPage(options, parts);
  const { tokenPath, reportsPath } = folder;
  return { socket: socketPath, tcp, page: access.newLink(), tokenPath, reportsPath };
}

/** Returns the TCP address, if there is one. */
async function openSockets(options: DoorsOptions, parts: AsyncDisposableStack): Promise<string | null> {
  const { socketPath, port, folder, server, world } = options;
  const reactor = parts.use(new Reactor({ ...world, limits: goodbyeLimits }));
  const lines = (door: () => Door): MessageLinesFactory =>
    new MessageLinesFactory(() => server.accept(door()));
  return orStartError(async () => {
    makeSocketFolder(socketPath);
    await reactor.listenUNIX(
      socketPath,
      lines(() => unixDoor),
    );
    rmSync(folder.tcpAddressPath, { force: true }); // of a station that was killed
    if (port === null) return null;
    const token = tokenOf(folder, world.random);
    const door = (): Door => tokenDoor(token, world.random);
    const address = addressText((await reactor.listenTCP(port, lines(door))).address);
    writeFileSync(folder.tcpAddressPath, address, { mode: 0o600 });
    parts.defer(() => rmSync(folder.tcpAddressPath, { force: true }));
    return address;
  });
}

function makeSocketFolder(socketPath: string): void {
  const folder = dirname(socketPath);
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(`Cannot listen on unix:${socketPath}: ${folder}: ${whyNot(error)}`, {
      cause: error,
    });
  }
}

/** The page's server is a third of a station's start: loaded only when it is wanted. */
async function openPage(options: DoorsOptions, parts: AsyncDisposableStack): Promise<void> {
  const { httpPort, access, server, world } = options;
  if (httpPort === null) return;
  const { servePage } = await import("./page-server.ts");
  const page = await servePage({ port: httpPort, access, commands: server, clock: world.clock });
  parts.defer(() => page.close());
}

async function orStartError<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    throw new StartError(asError(error).message, { cause: error });
  }
}
