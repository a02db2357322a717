import assert from "node:assert/strict";
import { Factory } from "../factory.ts";
import { asError } from "../as-error.ts";
import { ProtocolError } from "../errors.ts";
import type { Protocol } from "../protocol.ts";
import type { TestFunction } from "./check-transport.ts";
import { everyCut, randomCut, utf8 } from "./cuts.ts";
import { MemoryReactor } from "./memory-reactor.ts";
import { Recorder } from "./recorder.ts";
import { seededRandom } from "./seeded-random.ts";
import { StringTransport } from "./string-transport.ts";
import { settle } from "./virtual-clock.ts";

export interface CheckedProtocol {
  /** Makes a fresh protocol, which shares nothing with those made before; gives it its `factory`, if it needs one. */
  readonly make: () => Protocol<object>;
  /** What peers send: whole conversations, good and bad. Text is sent as UTF-8. */
  readonly streams: readonly (string | Uint8Array)[];
}

const RANDOM_CUTS = 100;
const NETWORKS = 10;

/**
 * The suite that every protocol passes, yours too: it says and does the same however the bytes are cut, at every
 * position, at random, and on networks that cut, delay and end as they please. What it says to the stream in one
 * piece is what is expected.
 *
 * ```ts
 * checkProtocol("the greeter", { make: () => new Greeter(), streams: ["hello\r\ngoodbye\r\n", "caffè\r\n"] }, it);
 * ```
 */
export function checkProtocol(kind: string, { make, streams }: CheckedProtocol, test: TestFunction): void {
  for (const [index, stream] of streams.entries()) {
    const bytes = typeof stream === "string" ? utf8(stream) : stream;
    const name = `${kind}, stream ${index + 1}`;
    test(`${name}: the same however it is cut, at every position`, () =>
      sameForAll(make, bytes, everyCut(bytes)));
    test(`${name}: the same however it is cut, at random`, () =>
      sameForAll(make, bytes, randomCuts(bytes, index)));
    test(`${name}: the same when reading is paused after every piece`, () => sameWhenPaused(make, bytes));
    test(`${name}: the same over a network, whatever its weather`, () => sameOverNetworks(make, bytes));
  }
}

/** What a peer sees of a protocol. */
interface Seen {
  readonly said: string;
  readonly end: "open" | "closing" | "aborted" | "broke the rules" | "failed";
}

async function sameForAll(
  make: CheckedProtocol["make"],
  bytes: Uint8Array,
  cuts: Iterable<Uint8Array[]>,
): Promise<void> {
  const expected = await converse(make(), [bytes]);
  for (const pieces of cuts) {
    assert.deepEqual(await converse(make(), pieces), expected, `cut into ${lengths(pieces)} bytes`);
  }
}

async function sameWhenPaused(make: CheckedProtocol["make"], bytes: Uint8Array): Promise<void> {
  const expected = await converse(make(), [bytes]);
  for (const pieces of randomCuts(bytes, 1)) {
    const pausing = converse(make(), pieces, async (transport) => {
      if (transport.isReadingPaused) return;
      transport.pauseReading();
      await settle();
      transport.resumeReading();
    });
    assert.deepEqual(await pausing, expected, `paused after ${lengths(pieces)} bytes`);
  }
}

async function sameOverNetworks(make: CheckedProtocol["make"], bytes: Uint8Array): Promise<void> {
  const expected = await converse(make(), [bytes]);
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const heard = await saidOverNetwork(make(), bytes, seed);
    assert.equal(heard, expected.said, `over the network with seed ${seed}`);
  }
}

/** Gives the pieces as a reactor does: none while a handler's promise is outstanding, none after the end. */
async function converse(
  protocol: Protocol<object>,
  pieces: readonly Uint8Array[],
  between: (transport: StringTransport) => Promise<void> = settle,
): Promise<Seen> {
  const transport = new StringTransport();
  try {
    await protocol.makeConnection(transport);
    for (const piece of pieces) {
      if (transport.disconnecting) break;
      await protocol.dataReceived(piece);
      await between(transport);
    }
    await settle();
    return { said: said(transport.bytes()), end: transport.state };
  } catch (thrown) {
    const end = asError(thrown) instanceof ProtocolError ? "broke the rules" : "failed";
    return { said: said(transport.bytes()), end };
  }
}

async function saidOverNetwork(protocol: Protocol<object>, bytes: Uint8Array, seed: number): Promise<string> {
  const reactor = new MemoryReactor({ seed, longestPieceBytes: 8 });
  const factory = new Factory<Protocol<object>>();
  factory.buildProtocol = () => protocol;
  await reactor.listenTCP(1, factory);
  const { clock } = reactor;
  const peer = await clock.run(reactor.connectTCP("127.0.0.1", 1, Factory.forProtocol(Recorder)));
  if (!peer.transport.disconnecting) peer.transport.write(bytes);
  peer.transport.loseWriteConnection();
  await clock.run(peer.transport.closed);
  await clock.run(reactor.stop());
  return said(peer.bytes());
}

function* randomCuts(bytes: Uint8Array, seed: number): Generator<Uint8Array[]> {
  const random = seededRandom(seed);
  for (let count = 0; count < RANDOM_CUTS; count++) yield randomCut(bytes, random);
}

function said(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function lengths(pieces: readonly Uint8Array[]): string {
  return pieces.map((piece) => piece.length).join(" + ");
}
