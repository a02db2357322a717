/** Datagrams between us and Twisted. */
import { DatagramProtocol, type Handled, type UdpAddress } from "@trofie/reactor";
import { expect, it } from "vitest";
import { fromBytes } from "./case.ts";
import { EventQueue } from "./event-queue.ts";
import type { TwistedPeer } from "./peer.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

/** Tells each datagram, and answers what asks for it, as `udp_peer.py` does. */
class Datagrams extends DatagramProtocol {
  readonly events = new EventQueue();

  override datagramReceived(bytes: Uint8Array, from: UdpAddress): Handled {
    const text = fromBytes(bytes);
    this.events.tell("datagram", text);
    if (text.startsWith("say ")) return this.transport.write(bytes.subarray("say ".length), from);
  }

  override connectionRefused() {
    this.events.tell("refused");
  }
}

/** A port for datagrams at the peer. */
class TheirDatagrams {
  readonly #peer: TwistedPeer;
  readonly #number: number;
  readonly address: UdpAddress;
  readonly events: EventQueue;

  static async listen(peer: TwistedPeer, port = 0): Promise<TheirDatagrams> {
    return new TheirDatagrams(peer, (await peer.call("listen_udp", port)) as [number, number]);
  }

  private constructor(peer: TwistedPeer, [number, port]: [number, number]) {
    this.#peer = peer;
    this.#number = number;
    this.address = { kind: "udp", host: "127.0.0.1", port };
    this.events = peer.eventsOf(number);
  }

  async connect({ port }: UdpAddress): Promise<void> {
    await this.#peer.call("connect_udp", this.#number, port);
  }

  /** To where it is connected, when nothing is said. */
  async send(text: string, to?: UdpAddress): Promise<void> {
    await this.#peer.call("send_datagram", this.#number, text, to?.port ?? null);
  }

  async close(): Promise<void> {
    await this.#peer.call("unlisten", this.#number);
  }
}

async function listenBoth() {
  const ours = new Datagrams();
  await reactor.listenUDP(0, ours);
  return { ours, theirs: await TheirDatagrams.listen(twisted) };
}

withTwisted("UDP with Twisted", () => {
  it("carries a datagram of ours there, and its answer back", async () => {
    const { ours, theirs } = await listenBoth();
    await ours.transport.write("say caffè", theirs.address);
    expect(await theirs.events.next()).toEqual(["datagram", "say caff\u{c3}\u{a8}"]);
    expect(await ours.events.next()).toEqual(["datagram", "caff\u{c3}\u{a8}"]);
  });

  it("carries a datagram of theirs here, and its answer back", async () => {
    const { ours, theirs } = await listenBoth();
    await theirs.send("say caff\u{c3}\u{a8}", ours.transport.host);
    expect(await ours.events.next()).toEqual(["datagram", "say caff\u{c3}\u{a8}"]);
    expect(await theirs.events.next()).toEqual(["datagram", "caff\u{c3}\u{a8}"]);
  });

  it("carries a datagram of 60,000 bytes whole, in both directions", async () => {
    const { ours, theirs } = await listenBoth();
    const large = "x".repeat(60_000);
    await ours.transport.write(`say ${large}`, theirs.address);
    expect(await theirs.events.next()).toEqual(["datagram", `say ${large}`]);
    expect(await ours.events.next()).toEqual(["datagram", large]);
  });

  it("carries an empty datagram in both directions", async () => {
    const { ours, theirs } = await listenBoth();
    await ours.transport.write("", theirs.address);
    expect(await theirs.events.next()).toEqual(["datagram", ""]);
    await theirs.send("", ours.transport.host);
    expect(await ours.events.next()).toEqual(["datagram", ""]);
  });

  it("hears only Twisted when it is connected to it", async () => {
    const { ours, theirs } = await listenBoth();
    const stranger = await TheirDatagrams.listen(twisted);
    await ours.transport.connect(theirs.address.host, theirs.address.port);
    await stranger.send("not for you", ours.transport.host);
    await ours.transport.write("say hello");
    expect(await theirs.events.next()).toEqual(["datagram", "say hello"]);
    expect(await ours.events.next()).toEqual(["datagram", "hello"]);
  });

  it("tells us that nobody listens where we are connected to, and goes on when somebody does", async () => {
    const { ours, theirs } = await listenBoth();
    await ours.transport.connect(theirs.address.host, theirs.address.port);
    await theirs.close();
    await ours.transport.write("anybody?");
    expect(await ours.events.next()).toEqual(["refused"]);
    await TheirDatagrams.listen(twisted, theirs.address.port);
    await ours.transport.write("say hello");
    expect(await ours.events.next()).toEqual(["datagram", "hello"]);
  });

  /** On epoll, Twisted 22.4 does not tell its protocol: it closes the port. */
  it("lets Twisted know that nobody listens where it is connected to, when we have closed", async () => {
    const { ours, theirs } = await listenBoth();
    await theirs.connect(ours.transport.host);
    await ours.transport.stopListening();
    await theirs.send("anybody?");
    expect([["refused"], ["stopped"]]).toContainEqual(await theirs.events.next());
  });
});
