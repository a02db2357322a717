import { connect, createServer, isIP, type NetConnectOpts, type Server, type Socket } from "node:net";
import { chmodSync } from "node:fs";
import { type Address, addressText } from "./address.ts";
import { asError } from "./as-error.ts";
import { AddressInUseError, CannotListenError, ConnectError } from "./errors.ts";
import type { Listener, ListenPlace, Net, Wire } from "./net.ts";
import { NodeWire } from "./node-wire.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { StdioWire } from "./stdio-wire.ts";

/** Without noDelay, one double write turns into 40 ms of waiting per message (Nagle, delayed ACK). */
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true };
const KEEP_ALIVE_AFTER_MS = 30_000;

/** Real TCP and UNIX sockets. */
export const nodeNet: Net = {
  async listen(place, accept) {
    if (place.kind === "stdio") return acceptStdio(accept);
    if (place.kind === "unix") await removeStaleSocket(place.path);
    let local: Address | undefined;
    const server = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, (socket) => {
      keepAlive(socket);
      local ??= boundAddress(server);
      accept(new NodeWire(socket, isWildcard(local) ? hostOf(socket, local) : local, peerOf(socket, local)));
    });
    await listening(server, place);
    return new NodeListener(server);
  },

  async connect(address, signal, localHost) {
    signal.throwIfAborted();
    const reading = new SharedReading();
    const socket = connect({ ...dialled(address, localHost), ...SOCKET_OPTIONS, onread: reading });
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
    socket.pause();
    await connected(socket, address, signal);
    reading.wire = new NodeWire(socket, hostOf(socket, nameless(address)), peerOf(socket, address));
    return reading.wire;
  },

  async bindUDP(place, events) {
    const { bindUDP } = await import("./datagrams/node-datagrams.ts");
    return bindUDP(place, events);
  },
};

const readBuffer = Buffer.alloc(64 * 1024);

/**
 * Reads into one buffer that all sockets share, since each read is handled before the next. Otherwise Node makes one
 * of 64 KiB for every read, and cuts it down to what came. Only for sockets that connect: Node offers no more.
 */
class SharedReading {
  readonly buffer = readBuffer;
  wire: NodeWire | undefined;

  readonly callback = (length: number): boolean => {
    const bytes = Buffer.allocUnsafe(length);
    readBuffer.copy(bytes, 0, 0, length);
    this.wire?.events?.received(bytes);
    return true;
  };
}

function dialled(address: Address, localHost: string | undefined): NetConnectOpts {
  if (address.kind === "unix") return { path: address.path };
  if (address.kind === "stdio")
    throw new TypeError("Cannot connect to stdio: it is there already; listen on it");
  if (localHost === undefined) return { host: address.host, port: address.port };
  if (isIP(localHost) > 0) return { host: address.host, port: address.port, localAddress: localHost };
  const why = `${JSON.stringify(localHost)} is no address of ours`;
  throw new ConnectError(address, why, { kind: "aborted", by: "local" });
}

/** Standard input and output are one connection, in a turn of its own. */
async function acceptStdio(accept: (wire: Wire) => void): Promise<Listener> {
  setImmediate(() => accept(new StdioWire(process.stdin, process.stdout)));
  return { address: { kind: "stdio" }, close: () => Promise.resolve() };
}

const YOUNG_MS = 50;
let young: Socket[] = [];

/**
 * Has the system probe the peer. That takes four system calls, a tenth of what a short connection costs, so it waits
 * until the connection has lasted a little.
 */
function keepAlive(accepted: Socket): void {
  if (young.push(accepted) === 1) setTimeout(keepYoungAlive, YOUNG_MS).unref();
}

function keepYoungAlive(): void {
  const grown = young;
  young = [];
  for (const socket of grown) if (!socket.destroyed) socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
}

type SocketPlace = Exclude<ListenPlace, { readonly kind: "stdio" }>;

class NodeListener implements Listener {
  readonly address: Address;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    this.address = boundAddress(server);
  }

  /** Node closes the listening socket within `close`; its callback would wait for all connections too. */
  close(): Promise<void> {
    this.#server.close();
    return Promise.resolve();
  }
}

/** Binds within the call, so that a UNIX socket has its mode before anybody could use it. */
function listening(server: Server, place: SocketPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => reject(listenError(asError(error), place));
    server.once("error", refuse);
    server.once("listening", () => {
      server.off("error", refuse);
      server.on("error", () => {}); // One connection that could not be accepted is not the listener's end.
      resolve();
    });
    if (place.kind === "fd") {
      server.listen({ fd: place.fd });
    } else if (place.kind === "tcp") {
      const { host, port, backlog, reusePort } = place;
      server.listen({ host, port, backlog, reusePort });
    } else {
      server.listen({ path: place.path });
      if (server.listening) chmodSync(place.path, place.mode);
    }
  });
}

function listenError(error: NodeJS.ErrnoException, place: SocketPlace): Error {
  const where = place.kind === "fd" ? `file descriptor ${place.fd}` : addressText(place);
  if (error.code !== "EADDRINUSE") {
    return new CannotListenError(`Cannot listen on ${where}: ${error.message}`, { cause: error });
  }
  return new AddressInUseError(`Cannot listen on ${where}: another program is using it`, { cause: error });
}

function connected(socket: Socket, address: Address, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      socket.on("error", () => {});
      socket.destroy();
      settle(() => reject(asError(signal.reason)));
    };
    const refuse = (error: Error) => settle(() => reject(connectError(error, address)));
    const settle = (then: () => void) => {
      signal.removeEventListener("abort", giveUp);
      socket.off("error", refuse);
      then();
    };
    signal.addEventListener("abort", giveUp);
    socket.once("error", refuse);
    socket.once("connect", () => settle(resolve));
  });
}

const WHY: Record<string, string> = {
  EAGAIN: "too many wait there to be accepted",
  ECONNREFUSED: "nobody is listening there",
  ENOENT: "there is no such socket",
  ENOTFOUND: "there is no such host",
  ETIMEDOUT: "no answer",
};

function connectError(error: NodeJS.ErrnoException, address: Address): ConnectError {
  const code = error.code ?? "";
  const kind = code === "ETIMEDOUT" ? "timeout" : "refused";
  return new ConnectError(address, WHY[code] ?? error.message, { kind, by: "peer", error });
}

/** It listens at all addresses of the machine: only the socket knows at which one it was reached. */
function isWildcard(local: Address): boolean {
  return local.kind === "tcp" && (local.host === "0.0.0.0" || local.host === "::");
}

function hostOf(socket: Socket, local: Address): Address {
  if (local.kind !== "tcp") return local;
  return { kind: "tcp", host: socket.localAddress ?? local.host, port: socket.localPort ?? local.port };
}

function peerOf(socket: Socket, { kind }: Address): Address {
  if (kind === "unix") return { kind: "unix", path: "" };
  return { kind: "tcp", host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
}

/** Our own end, when it was not given a name. */
function nameless({ kind }: Address): Address {
  return kind === "unix" ? { kind: "unix", path: "" } : { kind: "tcp", host: "", port: 0 };
}

function boundAddress(server: Server): Address {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return { kind: "unix", path: bound ?? "" };
  return { kind: "tcp", host: bound.address, port: bound.port };
}
