import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { asError } from "../as-error.ts";
import { AddressInUseError, CannotListenError } from "../errors.ts";
import type { DatagramEvents, DatagramSocket, UdpAddress, UdpPlace } from "./datagram-socket.ts";

/** Binds a real port for UDP. */
export async function bindUDP(place: UdpPlace, events: DatagramEvents): Promise<DatagramSocket> {
  const type = isIPv6(place.host) ? "udp6" : "udp4";
  const socket = createSocket({ type, reusePort: place.reusePort });
  socket.on("message", (bytes: Buffer, from: RemoteInfo) =>
    events.received(bytes, { kind: "udp", host: from.address, port: from.port }),
  );
  socket.bind(place.port, place.host);
  try {
    await once(socket, "listening");
  } catch (error) {
    socket.close();
    throw bindError(asError(error), place);
  }
  socket.on("error", () => {}); // Of one datagram; whoever sent it is told by its own promise.
  return new NodeDatagrams(socket, events);
}

class NodeDatagrams implements DatagramSocket {
  readonly address: UdpAddress;
  readonly #socket: Socket;

  constructor(socket: Socket, events: DatagramEvents) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.address = { kind: "udp", host: address, port };
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") events.refused();
    });
  }

  send(bytes: Uint8Array, to: UdpAddress | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = (error: Error | null) => (error ? reject(error) : resolve());
      if (to) this.#socket.send(bytes, to.port, to.host, sent);
      else this.#socket.send(bytes, sent);
    });
  }

  connect({ host, port }: UdpAddress): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.connect(port, host, ((error?: Error) =>
        error ? reject(error) : resolve()) as () => void);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

function bindError(error: NodeJS.ErrnoException, { host, port }: UdpPlace): Error {
  const where = `udp ${host}:${port}`;
  if (error.code !== "EADDRINUSE") {
    return new CannotListenError(`Cannot listen on ${where}: ${error.message}`, { cause: error });
  }
  return new AddressInUseError(`Cannot listen on ${where}: another program is using it`, { cause: error });
}
