import { connect, createServer, type Server, type Socket } from "node:net";
import { chmodSync } from "node:fs";
import { type Address, addressText, type TcpAddress } from "./address.ts";
import { asError } from "./as-error.ts";
import { AddressInUseError, CannotListenError, ConnectError } from "./errors.ts";
import type { Listener, ListenPlace, Net } from "./net.ts";
import { NodeWire } from "./node-wire.ts";
import { removeStaleSocket } from "./stale-socket.ts";

/** Without noDelay, one double write turns into 40 ms of waiting per message (Nagle, delayed ACK). */
const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/** Real TCP and UNIX sockets. */
export const nodeNet: Net = {
  async listen(place, accept) {
    if (place.kind === "unix") await removeStaleSocket(place.path);
    const server = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, (socket) =>
      accept(new NodeWire(socket, hostOf(socket, place), peerOf(socket, place))),
    );
    await listening(server, place);
    return new NodeListener(server, place);
  },

  async connect(address, signal) {
    signal.throwIfAborted();
    const where =
      address.kind === "tcp" ? { host: address.host, port: address.port } : { path: address.path };
    const socket = connect({ ...where, ...SOCKET_OPTIONS });
    socket.pause();
    await connected(socket, address, signal);
    return new NodeWire(socket, hostOf(socket, { kind: "unix", path: "" }), peerOf(socket, address));
  },
};

class NodeListener implements Listener {
  readonly address: Address;
  readonly #server: Server;

  constructor(server: Server, place: Address) {
    this.#server = server;
    this.address = place.kind === "unix" ? { kind: "unix", path: place.path } : boundAddress(server, place);
  }

  /** Node closes the listening socket within `close`; its callback would wait for all connections too. */
  close(): Promise<void> {
    this.#server.close();
    return Promise.resolve();
  }
}

/** Binds within the call, so that a UNIX socket has its mode before anybody could use it. */
function listening(server: Server, place: ListenPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => reject(listenError(asError(error), place));
    server.once("error", refuse);
    server.once("listening", () => {
      server.off("error", refuse);
      server.on("error", () => {}); // One connection that could not be accepted is not the listener's end.
      resolve();
    });
    if (place.kind === "tcp") {
      server.listen({ host: place.host, port: place.port, backlog: place.backlog });
    } else {
      server.listen({ path: place.path });
      if (server.listening) chmodSync(place.path, place.mode);
    }
  });
}

function listenError(error: NodeJS.ErrnoException, place: ListenPlace): Error {
  const where = addressText(place);
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

function hostOf(socket: Socket, place: Address): Address {
  if (socket.localAddress === undefined)
    return { kind: "unix", path: place.kind === "unix" ? place.path : "" };
  return { kind: "tcp", host: socket.localAddress, port: socket.localPort ?? 0 };
}

function peerOf(socket: Socket, place: Address): Address {
  if (place.kind === "unix") return { kind: "unix", path: "" };
  return { kind: "tcp", host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
}

function boundAddress(server: Server, place: TcpAddress): TcpAddress {
  const bound = server.address();
  return bound && typeof bound === "object" ? { kind: "tcp", host: bound.address, port: bound.port } : place;
}
