import { describe, expect, it } from "vitest";
import { AddressInUseError, ClosedError } from "../errors.ts";
import { Reactor } from "../reactor.ts";
import { collectFaults, MemoryNetwork, settle, VirtualClock } from "../testing/index.ts";
import { DatagramProtocol } from "./datagram-protocol.ts";
import type { UdpAddress } from "./datagram-socket.ts";

class Listening extends DatagramProtocol {
  readonly happenings: string[] = [];
  readonly #waiting: (() => void)[] = [];

  override startProtocol() {
    this.happenings.push("started");
  }

  override datagramReceived(bytes: Uint8Array, _from: UdpAddress): void | Promise<void> {
    this.happenings.push(new TextDecoder().decode(bytes));
    this.#waiting.shift()?.();
  }

  override connectionRefused() {
    this.happenings.push("refused");
    this.#waiting.shift()?.();
  }

  override stopProtocol() {
    this.happenings.push("stopped");
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

class Echo extends Listening {
  override datagramReceived(bytes: Uint8Array, from: UdpAddress) {
    void super.datagramReceived(bytes, from);
    return this.transport.write(bytes, from);
  }
}

describe.each([
  ["UDP", () => new Reactor()],
  ["UDP in memory", () => new Reactor({ net: new MemoryNetwork({ delayMs: [0, 1] }) })],
])("%s", (_, makeReactor) => {
  it("carries a datagram there and back, whole", async () => {
    await using reactor = makeReactor();
    const [server, client] = [new Echo(), new Listening()];
    const { host } = await reactor.listenUDP(0, server);
    const transport = await reactor.listenUDP(0, client);
    const answered = client.next();
    await transport.write("caffè", host);
    await answered;
    expect(client.happenings).toEqual(["started", "caffè"]);
  });

  it("is told when nobody listens where it is connected to", async () => {
    await using reactor = makeReactor();
    const gone = await reactor.listenUDP(0, new Listening());
    const { port } = gone.host;
    await gone.stopListening();
    const client = new Listening();
    const transport = await reactor.listenUDP(0, client);
    await transport.connect("127.0.0.1", port);
    const told = client.next();
    await transport.write("anybody?");
    await told;
    expect(client.happenings).toEqual(["started", "refused"]);
  });

  it("says that a port is in use", async () => {
    await using reactor = makeReactor();
    const { host } = await reactor.listenUDP(0, new Listening());
    await expect(reactor.listenUDP(host.port, new Listening())).rejects.toBeInstanceOf(AddressInUseError);
  });

  it("is closed once, with its reactor or before, and takes nothing to send afterwards", async () => {
    const reactor = makeReactor();
    const protocol = new Listening();
    const transport = await reactor.listenUDP(0, protocol);
    await Promise.all([transport.stopListening(), transport.stopListening(), reactor.stop()]);
    expect(protocol.happenings).toEqual(["started", "stopped"]);
    await expect(transport.write("late")).rejects.toBeInstanceOf(ClosedError);
  });

  it("reports a handler that throws, and goes on", async () => {
    await using reactor = makeReactor();
    using faults = collectFaults();
    const bug = new Error("a bug");
    const protocol = new Listening();
    protocol.datagramReceived = () => {
      protocol.datagramReceived = () => Promise.reject(bug);
      throw bug;
    };
    const { host } = await reactor.listenUDP(0, protocol);
    const sender = await reactor.listenUDP(0, new Listening());
    await sender.write("1", host);
    await sender.write("2", host);
    await expect.poll(() => faults.errors).toEqual([bug, bug]);
  });
});

describe("UDP in memory", () => {
  it("loses, doubles and reorders datagrams as its seed says", async () => {
    const clock = new VirtualClock();
    const net = new MemoryNetwork({ seed: 5, clock, lostPercent: 20, doubledPercent: 20, delayMs: [0, 50] });
    const reactor = new Reactor({ clock, net });
    const receiver = new Listening();
    const { host } = await reactor.listenUDP(0, receiver);
    const sender = await reactor.listenUDP(0, new Listening());
    for (let count = 0; count < 100; count++) await sender.write(String(count), host);
    await clock.advance(100);
    await settle();
    const got = receiver.happenings.slice(1).map(Number);
    expect(new Set(got).size).toBeLessThan(100);
    expect(got.length).toBeGreaterThan(new Set(got).size);
    expect(got).not.toEqual(got.toSorted((one, other) => one - other));
  });
});
