import { asError } from "../as-error.ts";
import { ClosedError } from "../errors.ts";
import type { Port } from "../port.ts";
import type { Handled } from "../protocol.ts";
import { reportFault } from "../report-fault.ts";
import type { DatagramProtocol } from "./datagram-protocol.ts";
import type { DatagramEvents, DatagramSocket, UdpAddress } from "./datagram-socket.ts";

/** A datagram protocol's way to its peers. */
export interface DatagramTransport {
  readonly host: UdpAddress;

  /**
   * Sends one datagram, to `to` or to where it is connected. Resolves when the operating system has taken it, which
   * promises nothing about its arrival; rejects with its error, or with `ClosedError`.
   */
  write(data: Uint8Array | string, to?: UdpAddress): Promise<void>;

  /** From now on hears and sends to this peer only, and learns when nobody listens there. */
  connect(host: string, port: number): Promise<void>;

  /** Closes the port; `stopProtocol` follows. */
  stopListening(): Promise<void>;
}

/** Drives one datagram protocol over one bound port. */
export class DatagramPort implements DatagramTransport, DatagramEvents, Pick<Port, "stopListening"> {
  readonly #protocol: DatagramProtocol;
  readonly #closed: (port: DatagramPort) => void;
  #socket: DatagramSocket | undefined;
  #closing: Promise<void> | undefined;

  constructor(protocol: DatagramProtocol, closed: (port: DatagramPort) => void) {
    this.#protocol = protocol;
    this.#closed = closed;
  }

  start(socket: DatagramSocket): void {
    this.#socket = socket;
    this.#protocol.transport = this;
    this.#run(() => this.#protocol.startProtocol());
  }

  get host(): UdpAddress {
    return this.#bound().address;
  }

  async write(data: Uint8Array | string, to?: UdpAddress): Promise<void> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    await this.#bound().send(bytes, to);
  }

  async connect(host: string, port: number): Promise<void> {
    await this.#bound().connect({ kind: "udp", host, port });
  }

  stopListening(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stopListening();
  }

  received(bytes: Uint8Array, from: UdpAddress): void {
    if (!this.#closing) this.#run(() => this.#protocol.datagramReceived(bytes, from));
  }

  refused(): void {
    if (!this.#closing) this.#run(() => this.#protocol.connectionRefused());
  }

  async #close(): Promise<void> {
    await this.#socket?.close();
    this.#closed(this);
    this.#run(() => this.#protocol.stopProtocol());
  }

  #bound(): DatagramSocket {
    if (this.#socket && !this.#closing) return this.#socket;
    throw new ClosedError("Cannot send: the port is closed");
  }

  #run(handler: () => Handled): void {
    const report = (error: unknown) => reportFault({ error: asError(error), source: this.#protocol });
    try {
      handler()?.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
