import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { asError } from "../as-error.ts";
import { delay } from "../delay.ts";
import { ClosedError } from "../errors.ts";
import { systemClock } from "../system-clock.ts";
import type { TransportLimits } from "../transport.ts";
import type { TransportPair } from "./transport-pair.ts";

/** Makes two connected ends, with these bounds. */
export type MakePair = (limits?: Partial<TransportLimits>) => Promise<TransportPair>;

/** The test function of any test runner: `it` of vitest, `test` of node:test. */
export type TestFunction = (name: string, run: () => Promise<void>) => void;

/** Enough to fill every buffer on the way, and more than the article's reactor could deliver. */
const MUCH_BYTES = 3_000_000;

/** The suite that every transport passes, whatever it is made of. */
export function checkTransport(kind: string, makePair: MakePair, test: TestFunction): void {
  for (const [name, check] of Object.entries(checks)) {
    test(`${kind}: ${name}`, () => check(makePair));
  }
}

const checks: Record<string, (makePair: MakePair) => Promise<void>> = {
  async "bytes and text arrive whole and in order, in both directions"(makePair) {
    await using pair = await makePair();
    let sent = "";
    for (let count = 0; count < 1000; count++) {
      const part = `${count} caffè ☕;`;
      sent += part;
      pair.client.transport.write(count % 3 ? part : Buffer.from(part));
      pair.server.transport.writeSequence([part.slice(0, 2), Buffer.from(part.slice(2))]);
    }
    await Promise.all([pair.client, pair.server].map((end) => end.received(Buffer.byteLength(sent))));
    assert.equal(pair.server.text(), sent);
    assert.equal(pair.client.text(), sent);
    assert.deepEqual(pair.client.happenings, ["made", "data"]);
  },

  async "the order stays however often reading is paused"(makePair) {
    await using pair = await makePair();
    const { client, server } = pair;
    server.onData = () => {
      server.transport.pauseReading();
      systemClock.callLater(server.receivedBytes % 3, () => server.transport.resumeReading());
    };
    let sent = "";
    for (let count = 0; count < 300; count++) {
      const part = `${count};`.repeat(count);
      sent += part;
      client.transport.write(part);
      await delay(0);
    }
    await server.received(sent.length);
    assert.equal(server.text(), sent);
  },

  async "a clean close is done at both ends, and the one who closed is told that all arrived"(makePair) {
    await using pair = await makePair();
    pair.client.transport.write("last words");
    const report = await pair.client.transport.loseConnection();
    assert.deepEqual(await pair.server.lost.promise, { kind: "done", by: "peer" });
    assert.equal(pair.server.text(), "last words");
    assert.deepEqual(report, {
      reason: { kind: "done", by: "local" },
      flushed: true,
      peerEnded: true,
      unsentBytes: 0,
    });
    assert.deepEqual(await pair.client.transport.closed, { kind: "done", by: "local" });
  },

  async "who waits for what was written is told, though the connection is closing"(makePair) {
    await using pair = await makePair();
    const taken = new Promise<void>((resolve) => {
      pair.client.transport.write("last words");
      pair.client.transport.onDrain(resolve);
    });
    void pair.client.transport.loseConnection();
    await taken;
    assert.ok(!pair.client.happenings.includes("drained"));
  },

  async "nothing is lost when it closes while the peer is still sending"(makePair) {
    await using pair = await makePair();
    const { client, server } = pair;
    server.onData = () => {
      if (server.transport.disconnecting) return;
      server.transport.write(new Uint8Array(MUCH_BYTES));
      void server.transport.loseConnection();
    };
    const sendOn = () => {
      if (client.transport.disconnecting) return;
      client.transport.write("still sending");
      systemClock.callLater(1, sendOn);
    };
    sendOn();
    client.transport.write(new Uint8Array(MUCH_BYTES));
    await Promise.race([client.received(MUCH_BYTES), client.lost.promise]);
    await client.lost.promise;
    assert.equal(client.receivedBytes, MUCH_BYTES);
    assert.equal((await server.lost.promise).kind, "done");
  },

  async "nothing is lost when more is written and it closes while some of what waited has left"(makePair) {
    await using pair = await makePair();
    const { client, server } = pair;
    server.transport.pauseReading();
    client.transport.write(new Uint8Array(MUCH_BYTES));
    await delay(0);
    client.transport.write(new Uint8Array(MUCH_BYTES));
    server.transport.resumeReading();
    while (client.transport.bufferedBytes > MUCH_BYTES) await delay(0);
    client.transport.write(new Uint8Array(MUCH_BYTES));
    assert.equal((await client.transport.loseConnection()).flushed, true);
    await server.lost.promise;
    assert.equal(server.receivedBytes, 3 * MUCH_BYTES);
  },

  async "nothing can be written once it is closing or closed"(makePair) {
    await using pair = await makePair();
    const closing = pair.client.transport.loseConnection();
    assert.equal(pair.client.transport.disconnecting, true);
    assert.throws(() => pair.client.transport.write("too late"), ClosedError);
    await closing;
    assert.throws(() => pair.client.transport.write("too late"), ClosedError);
  },

  async "the end is told exactly once, however often and in whatever way it is asked for"(makePair) {
    await using pair = await makePair();
    const { transport } = pair.client;
    const reports = [transport.loseConnection(), transport.loseConnection()];
    transport.abortConnection();
    transport.abortConnection();
    const [first, second] = await Promise.all(reports);
    assert.equal(first, second);
    await pair.server.lost.promise;
    assert.deepEqual(pair.client.happenings, ["made", "lost"]);
    assert.deepEqual(pair.server.happenings, ["made", "lost"]);
  },

  async "an abort drops what waits, and never calls the protocol from within"(makePair) {
    await using pair = await makePair();
    const { client, server } = pair;
    server.transport.pauseReading();
    client.transport.write(new Uint8Array(MUCH_BYTES * 4));
    client.transport.abortConnection();
    assert.deepEqual(client.happenings, ["made"]);
    assert.deepEqual(await client.lost.promise, { kind: "aborted", by: "local" });
    server.transport.resumeReading();
    await server.lost.promise;
    assert.ok(server.receivedBytes < MUCH_BYTES * 4);
  },

  async "a peer that does not read holds back the writer, until it reads again"(makePair) {
    await using pair = await makePair();
    const { client, server } = pair;
    server.transport.pauseReading();
    let writtenBytes = 0;
    do writtenBytes += 65_536;
    while (client.transport.write(new Uint8Array(65_536)) || writtenBytes < MUCH_BYTES * 2);
    assert.ok(client.transport.bufferedBytes > 0);
    const drained = new Promise<void>((resolve) => client.transport.onDrain(resolve));
    server.transport.resumeReading();
    await drained;
    await server.received(writtenBytes);
    assert.equal(client.transport.bufferedBytes, 0);
    assert.deepEqual(client.happenings, ["made", "drained"]);
  },

  async "a peer that never reads is cut when too much waits for it"(makePair) {
    await using pair = await makePair({ maxBufferedBytes: MUCH_BYTES });
    const { client, server } = pair;
    server.transport.pauseReading();
    while (!client.transport.disconnecting) client.transport.write(new Uint8Array(500_000));
    assert.deepEqual(await client.lost.promise, { kind: "slow-consumer", by: "local" });
    server.transport.resumeReading();
    await server.lost.promise;
  },

  async "a handler's promise holds back what comes next, and the end too"(makePair) {
    await using pair = await makePair();
    const { client, server } = pair;
    const handled = Promise.withResolvers<void>();
    server.onData = () => handled.promise;
    client.transport.write("first");
    await server.received(5);
    client.transport.write("second");
    void client.transport.loseConnection();
    await delay(20);
    assert.equal(server.text(), "first");
    server.transport.write("answer");
    handled.resolve();
    await server.lost.promise;
    assert.equal(server.text(), "firstsecond");
  },

  async "a peer that does not close in its turn is not waited for without end"(makePair) {
    await using pair = await makePair({ lingerMs: 50 });
    const { client, server } = pair;
    server.transport.pauseReading();
    const report = await client.transport.loseConnection();
    assert.deepEqual(report.reason, { kind: "done", by: "local" });
    assert.equal(report.flushed, true);
    assert.equal(report.peerEnded, false);
  },

  async "a peer that does not take the last bytes is not waited for without end"(makePair) {
    await using pair = await makePair({ lingerMs: 50 });
    const { client, server } = pair;
    server.transport.pauseReading();
    client.transport.write(new Uint8Array(MUCH_BYTES * 4));
    const report = await client.transport.loseConnection();
    assert.deepEqual(report.reason, { kind: "timeout", by: "local" });
    assert.equal(report.flushed, false);
    assert.ok(report.unsentBytes > 0);
  },

  async "a peer that takes the last bytes slowly gets them all"(makePair) {
    await using pair = await makePair({ lingerMs: 400 });
    const { client, server } = pair;
    let restsAt = 0;
    server.onData = () => {
      if (server.receivedBytes < restsAt) return undefined;
      restsAt = server.receivedBytes + 65_536;
      return delay(6);
    };
    client.transport.write(new Uint8Array(MUCH_BYTES * 4));
    const report = await client.transport.loseConnection();
    assert.deepEqual(report.reason, { kind: "done", by: "local" });
    assert.equal(report.unsentBytes, 0);
    await server.received(MUCH_BYTES * 4);
  },

  async "a peer that sends for ever after our end is not read for ever"(makePair) {
    await using pair = await makePair({ lingerBytes: MUCH_BYTES });
    const { client, server } = pair;
    // Its handler never returns, so it never sees our end.
    server.onData = () => new Promise(() => {});
    client.transport.write("?");
    await server.received(1);
    const ended = client.transport.loseConnection();
    const send = () => {
      while (!server.transport.disconnecting && server.transport.write(new Uint8Array(65_536)));
      if (!server.transport.disconnecting) server.transport.onDrain(send);
    };
    send();
    assert.equal((await ended).peerEnded, false);
    await server.lost.promise;
  },

  async "a handler that throws ends its own connection, with the error as the reason"(makePair) {
    await using pair = await makePair();
    const error = new Error("a bug");
    using faults = collectFaults();
    pair.server.onData = () => {
      throw error;
    };
    pair.client.transport.write("!");
    assert.deepEqual(await pair.server.lost.promise, { kind: "protocol-error", by: "local", error });
    assert.deepEqual(await pair.client.lost.promise, { kind: "done", by: "peer" });
    assert.deepEqual(faults.errors, [error]);
  },

  async "a handler whose promise rejects ends its own connection, too"(makePair) {
    await using pair = await makePair();
    const error = new Error("a later bug");
    using faults = collectFaults();
    pair.server.onData = () => Promise.reject(error);
    pair.client.transport.write("!");
    assert.deepEqual(await pair.server.lost.promise, { kind: "protocol-error", by: "local", error });
    assert.deepEqual(faults.errors, [error]);
  },
};

/** Takes the faults that would become warnings. */
export function collectFaults(): { readonly errors: Error[] } & Disposable {
  const errors: Error[] = [];
  const collect = (fault: unknown) => {
    if (fault instanceof Object && "error" in fault) errors.push(asError(fault.error));
  };
  subscribe("trofie.reactor.fault", collect);
  return { errors, [Symbol.dispose]: () => void unsubscribe("trofie.reactor.fault", collect) };
}
