import type { Handled } from "../protocol.ts";
import type { UdpAddress } from "./datagram-socket.ts";
import type { DatagramTransport } from "./datagram-transport.ts";

/**
 * A conversation in datagrams (UDP), with any number of peers: each may be lost, doubled or overtaken. Extend it and
 * override `datagramReceived`; a handler that throws is reported, and nothing else happens.
 */
export class DatagramProtocol {
  /** Set before `startProtocol`. */
  declare transport: DatagramTransport;

  /** The port is bound. */
  startProtocol(): Handled {}

  /** A datagram came, whole. */
  datagramReceived(_bytes: Uint8Array, _from: UdpAddress): Handled {}

  /** Nobody listens where `transport.connect` points to; said by the peer's machine, sometimes. */
  connectionRefused(): Handled {}

  /** The port is closed. Called exactly once, and nothing is called after it. */
  stopProtocol(): Handled {}
}
