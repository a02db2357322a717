/** A conversation of lines over TCP, TLS and UNIX sockets, with Twisted at the other end, whoever listens. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CertificateFiles } from "./certificate-files.ts";
import { portNumber, TalkerFactory, type OurConnection } from "./our-end.ts";
import { type PeerConnection } from "./peer.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

const RECEIVER = "LineReceiver";
const MUCH = "x".repeat(3_000_000);

let files: CertificateFiles;
let sockets = 0;

interface Ends {
  readonly ours: OurConnection;
  readonly theirs: PeerConnection;
}

type Connect = () => Promise<Ends>;

/** Has Twisted connect to what we listen at. */
async function dialled(listenAt: string, connectTo: (port: number) => string): Promise<Ends> {
  const factory = new TalkerFactory(RECEIVER);
  const port = await reactor.listen(listenAt, factory);
  const number = port.address.kind === "tcp" ? portNumber(port) : 0;
  const theirs = await twisted.connect(RECEIVER, connectTo(number));
  return { ours: await factory.connections.next(), theirs };
}

/** Connects to what Twisted listens at. */
async function dial(listenAt: string, connectTo: (port: number) => string): Promise<Ends> {
  const listener = await twisted.listen(RECEIVER, listenAt);
  const factory = new TalkerFactory(RECEIVER);
  await reactor.connect(connectTo(listener.port), factory);
  return { ours: await factory.connections.next(), theirs: await listener.connection() };
}

const tcp: Record<string, Connect> = {
  "Twisted dials us": () => dialled("tcp:0", (port) => `tcp:127.0.0.1:${port}`),
  "we dial Twisted": () => dial("tcp:0:interface=127.0.0.1", (port) => `tcp:127.0.0.1:${port}`),
};

const tls: Record<string, Connect> = {
  "Twisted dials us": () =>
    dialled(
      `tls:0:privateKey=${files.pem}`,
      (port) => `tls:localhost:${port}:trustRoots=${files.trustRoots}`,
    ),
  "we dial Twisted": () =>
    dial(
      `ssl:0:privateKey=${files.pem}:interface=127.0.0.1`,
      (port) => `tls:localhost:${port}:trustRoots=${files.trustRoots}`,
    ),
};

const newSocket = () => `unix:${join(files.folder, `${sockets++}.sock`)}`;

const unix: Record<string, Connect> = {
  "Twisted dials us"() {
    const endpoint = newSocket();
    return dialled(endpoint, () => endpoint);
  },
  "we dial Twisted"() {
    const endpoint = newSocket();
    return dial(endpoint, () => endpoint);
  },
};

const checks: Record<string, (ends: Ends) => Promise<void>> = {
  async "each answers the other"({ ours, theirs }) {
    ours.protocol.send("say caffè");
    expect(await theirs.events.next()).toEqual(["line", "say caff\u{c3}\u{a8}"]);
    expect(await ours.events.next()).toEqual(["line", "caff\u{c3}\u{a8}"]);
    await theirs.send("say hello to you");
    expect(await ours.events.next()).toEqual(["line", "say hello to you"]);
    expect(await theirs.events.next()).toEqual(["line", "hello to you"]);
  },

  async "an end of ours is clean at both ends"({ ours, theirs }) {
    ours.protocol.send("last words");
    void ours.protocol.transport.loseConnection();
    expect(await theirs.events.untilLost()).toEqual([
      ["line", "last words"],
      ["lost", "ConnectionDone"],
    ]);
    expect(await ours.events.next()).toEqual(["lost", "done"]);
  },

  async "an end of theirs is clean at both ends"({ ours, theirs }) {
    await theirs.send("last words");
    await theirs.close();
    expect(await ours.events.untilLost()).toEqual([
      ["line", "last words"],
      ["lost", "done"],
    ]);
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionDone"]);
  },

  async "3 MB that we write before we close arrive whole"({ ours, theirs }) {
    ours.protocol.send(`raw ${MUCH.length}`);
    expect(await theirs.events.next()).toEqual(["line", `raw ${MUCH.length}`]);
    ours.protocol.transport.write(MUCH);
    const report = await ours.protocol.transport.loseConnection();
    expect(report).toMatchObject({ flushed: true, peerEnded: true, unsentBytes: 0 });
    expect(await theirs.events.raw(MUCH.length)).toBe(MUCH);
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionDone"]);
  },

  async "3 MB that we write before we close arrive whole, while the peer is still sending"({ ours, theirs }) {
    ours.protocol.send(`raw ${MUCH.length}`);
    expect(await theirs.events.next()).toEqual(["line", `raw ${MUCH.length}`]);
    await theirs.write(`raw ${MUCH.length}\r\n${MUCH}`);
    expect(await ours.events.next()).toEqual(["line", `raw ${MUCH.length}`]);
    ours.protocol.transport.write(MUCH);
    void ours.protocol.transport.loseConnection();
    expect(await theirs.events.raw(MUCH.length)).toBe(MUCH);
  },

  async "3 MB that they write before they close arrive whole"({ ours, theirs }) {
    await theirs.write(`raw ${MUCH.length}\r\n${MUCH}`);
    await theirs.close();
    expect(await ours.events.next()).toEqual(["line", `raw ${MUCH.length}`]);
    expect(await ours.events.raw(MUCH.length)).toBe(MUCH);
    expect(await ours.events.next()).toEqual(["lost", "done"]);
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionDone"]);
  },
};

/** Of TCP, `receivers.test.ts` has the aborts; on a UNIX socket nobody can tell an abort from an end. */
const tlsChecks: typeof checks = {
  ...checks,

  async "our abort is a lost connection there"({ ours, theirs }) {
    ours.protocol.transport.abortConnection();
    expect(await ours.events.next()).toEqual(["lost", "aborted"]);
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionLost"]);
  },

  async "their abort is a lost connection here"({ ours, theirs }) {
    await theirs.abort();
    expect(await ours.events.next()).toEqual(["lost", "lost"]);
    expect(await theirs.events.next()).toEqual(["lost", "ConnectionLost"]); // So Twisted calls it on TLS.
  },

  async "an end of TCP without an end of TLS is a lost connection here"({ ours, theirs }) {
    await theirs.send("half a story");
    expect(await ours.events.next()).toEqual(["line", "half a story"]);
    await theirs.cut();
    expect(await ours.events.next()).toEqual(["lost", "lost"]);
  },
};

withTwisted("wires to Twisted", () => {
  beforeAll(() => void (files = new CertificateFiles()));
  afterAll(() => files[Symbol.dispose]());

  describe.each(Object.entries(tcp))("TCP, when %s:", (_, connect) => {
    it.each(Object.entries(checks))("%s", async (_name, check) => check(await connect()));
  });

  describe.each(Object.entries(tls))("TLS, when %s:", (_, connect) => {
    it.each(Object.entries(tlsChecks))("%s", async (_name, check) => check(await connect()));
  });

  describe.each(Object.entries(unix))("a UNIX socket, when %s:", (_, connect) => {
    it.each(Object.entries(checks))("%s", async (_name, check) => check(await connect()));
  });
});
