/**
 * Test doubles, for the tests of this package and of everybody who writes protocols: time that jumps
 * ({@link VirtualClock}), a network in memory that cuts, delays and breaks ({@link MemoryNetwork}), a transport
 * that goes nowhere ({@link StringTransport}), a whole reactor in such a world ({@link MemoryReactor}), and the suites
 * that every protocol passes ({@link checkProtocol}) and every kind of transport ({@link checkTransport}).
 *
 * @module
 */
export { settle, VirtualClock } from "./virtual-clock.ts";
export { seededRandom } from "./seeded-random.ts";
export { StringTransport } from "./string-transport.ts";
export { MemoryNetwork, type MemoryNetworkOptions } from "./memory-network.ts";
export { MemoryReactor, type MemoryReactorOptions } from "./memory-reactor.ts";
export type { Cut, Direction, MemoryLink } from "./memory-link.ts";
export type { MemoryWire } from "./memory-wire.ts";
export { everyCut, randomCut, utf8 } from "./cuts.ts";
export { checkProtocol, type CheckedProtocol } from "./check-protocol.ts";
export { checkTransport, collectFaults, type MakePair, type TestFunction } from "./check-transport.ts";
export { testCertificate } from "./test-certificate.ts";
export { tlsPair, transportPair, type TransportPair } from "./transport-pair.ts";
export { replayFlight } from "./replay-flight.ts";
export { Recorder } from "./recorder.ts";
