import { describe, expect, it } from "vitest";
import type { Address } from "../address.ts";
import { addressText } from "../address.ts";
import { ProtocolError } from "../errors.ts";
import { Factory } from "../factory.ts";
import { Reactor } from "../reactor.ts";
import { everyCut, MemoryNetwork, Recorder, utf8, VirtualClock } from "../testing/index.ts";
import { proxied } from "./proxied.ts";
import { readProxyHeader } from "./proxy-header.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";

function v2(hex: string): Uint8Array {
  return Buffer.from(SIGNATURE + hex.replaceAll(" ", ""), "hex");
}

function sourceAndDestination(bytes: Uint8Array): string {
  const addresses = readProxyHeader(bytes)?.addresses;
  return addresses ? `${addressText(addresses.source)} > ${addressText(addresses.destination)}` : "unknown";
}

describe("a PROXY header", () => {
  it.each([
    [utf8("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n"), "192.0.2.1:56324 > 192.0.2.2:443"],
    [utf8("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n"), "[2001:db8::1]:1 > [::1]:65535"],
    [utf8("PROXY UNKNOWN\r\n"), "unknown"],
    [utf8("PROXY UNKNOWN ffff::1 whatever\r\n"), "unknown"],
    [v2("21 11 000c c0000201 c0000202 dc04 01bb"), "192.0.2.1:56324 > 192.0.2.2:443"],
    [
      v2(`21 21 0024 20010db8${"0".repeat(22)}01 ${"0".repeat(30)}01 0001 ffff`),
      "[2001:db8::1]:1 > [::1]:65535",
    ],
    [v2(`21 31 00d8 2f61${"00".repeat(106)}2f62${"00".repeat(106)}`), "unix:/a > unix:/b"],
    [v2("20 00 0000"), "unknown"],
    [v2("20 11 000c c0000201 c0000202 dc04 01bb"), "unknown"],
    [v2("21 00 0003 010203"), "unknown"],
    [v2("21 11 000f c0000201 c0000202 dc04 01bb 040000"), "192.0.2.1:56324 > 192.0.2.2:443"],
  ])("is read, however it is cut (%#)", (bytes, expected) => {
    expect(sourceAndDestination(Buffer.concat([bytes, utf8("own bytes")]))).toBe(expected);
    expect(readProxyHeader(bytes)?.lengthBytes).toBe(bytes.length);
    for (let at = 0; at < bytes.length; at++) expect(readProxyHeader(bytes.subarray(0, at))).toBeUndefined();
  });

  it.each([
    [utf8("GET / HTTP/1.1\r\n")],
    [utf8("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\n")],
    [utf8("PROXY TCP5 192.0.2.1 192.0.2.2 56324 443\r\n")],
    [utf8("PROXY TCP4 ::1 ::1 56324 443\r\n")],
    [utf8("PROXY TCP4 192.0.2.1 192.0.2.256 56324 443\r\n")],
    [utf8("PROXY TCP4 192.0.2.1 192.0.2.2 56324 65536\r\n")],
    [utf8("PROXY TCP4 192.0.2.1 192.0.2.2 56324\r\n")],
    [utf8("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443 x\r\n")],
    [utf8("PROXY ".padEnd(107, "x"))],
    [v2("31 11 000c c0000201 c0000202 dc04 01bb")],
    [v2("22 11 000c c0000201 c0000202 dc04 01bb")],
    [v2("21 41 000c c0000201 c0000202 dc04 01bb")],
    [v2("21 13 000c c0000201 c0000202 dc04 01bb")],
    [v2("21 11 000b c0000201 c0000202 dc0401")],
    [v2("21 31 000b c0000201 c0000202 dc0401")],
    [v2("21 11 ffff")],
  ])("that is none is refused (%#)", (bytes) => {
    expect(() => readProxyHeader(bytes)).toThrow(ProtocolError);
  });
});

async function connectedThrough(pieces: Uint8Array[]) {
  const clock = new VirtualClock();
  const reactor = new Reactor({ clock, net: new MemoryNetwork({ clock }) });
  const server = new Recorder();
  const built: Address[] = [];
  const factory = new Factory<Recorder>();
  factory.buildProtocol = (address) => {
    built.push(address);
    return server;
  };
  await reactor.listen("tcp:1", proxied(factory));
  const client = await clock.run(reactor.connect("tcp:1", Factory.forProtocol(Recorder)));
  for (const piece of pieces) {
    if (!client.transport.disconnecting) client.transport.write(piece);
    await clock.advance(10);
  }
  return { clock, client, server, built };
}

describe("a connection through a load balancer", () => {
  it("has the address of the real client, and only its own bytes, however they are cut", async () => {
    const header = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";
    for (const pieces of everyCut(utf8(`${header}hello`))) {
      const { server, built } = await connectedThrough(pieces);
      expect(built).toEqual([{ kind: "tcp", host: "192.0.2.1", port: 56_324 }]);
      expect(addressText(server.transport.peer)).toBe("192.0.2.1:56324");
      expect(addressText(server.transport.host)).toBe("192.0.2.2:443");
      expect(server.text()).toBe("hello");
    }
  });

  it("keeps the balancer's own address when the balancer speaks for itself", async () => {
    const { server, client } = await connectedThrough([v2("20 00 0000"), utf8("check")]);
    expect(server.transport.peer).toEqual(client.transport.host);
    expect(server.text()).toBe("check");
  });

  it("answers, and ends in good order at both ends", async () => {
    const { clock, client, server } = await connectedThrough([v2("20 00 0000")]);
    server.transport.write("bye");
    const report = await clock.run(server.transport.loseConnection());
    expect(report).toMatchObject({ flushed: true, peerEnded: true });
    expect(client.text()).toBe("bye");
  });

  it("is closed, and no protocol is built, when it begins otherwise, says nothing, or ends too soon", async () => {
    const bad = await connectedThrough([utf8("GET / HTTP/1.1\r\n")]);
    expect(await bad.clock.run(bad.client.lost.promise)).toMatchObject({ by: "peer" });
    const silent = await connectedThrough([utf8("PROXY")]);
    expect(await silent.clock.run(silent.client.lost.promise)).toMatchObject({ by: "peer" });
    const short = await connectedThrough([]);
    await short.clock.run(short.client.transport.loseConnection());
    expect([...bad.built, ...silent.built, ...short.built]).toEqual([]);
  });
});
