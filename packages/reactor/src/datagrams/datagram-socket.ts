/** One end of a datagram. */
export interface UdpAddress {
  readonly kind: "udp";
  readonly host: string;
  readonly port: number;
}

export interface UdpPlace extends UdpAddress {
  /** Others may bind the same port, and the kernel shares datagrams out among them. */
  readonly reusePort: boolean;
}

/** A bound port for datagrams, as the operating system offers it. */
export interface DatagramSocket {
  readonly address: UdpAddress;

  /** Sends to `to`, or to where it is connected. Rejects when the operating system does not take it. */
  send(bytes: Uint8Array, to: UdpAddress | undefined): Promise<void>;

  /** From now on only this peer is heard, and sent to. */
  connect(to: UdpAddress): Promise<void>;

  close(): Promise<void>;
}

/** What happens at a bound port. */
export interface DatagramEvents {
  received(bytes: Uint8Array, from: UdpAddress): void;
  refused(): void;
}
