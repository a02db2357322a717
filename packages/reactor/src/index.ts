/**
 * Event-driven networking in the shape of Twisted. In reading order: {@link Reactor} owns ports and
 * connections; a {@link Factory} makes a {@link Protocol} for each connection; the protocol talks through its
 * {@link Transport}; {@link LineOnlyReceiver} is the protocol to begin with.
 *
 * ```ts
 * class Echo extends LineOnlyReceiver {
 *   override lineReceived(line: string) {
 *     this.sendLine(line);
 *   }
 * }
 *
 * await using reactor = new Reactor();
 * await reactor.listen("tcp:1234", Factory.forProtocol(Echo));
 * ```
 *
 * @module
 */
export { Reactor } from "./reactor.ts";
export type {
  ConnectOptions,
  ListenTCPOptions,
  ListenUDPOptions,
  ListenUNIXOptions,
  ReactorOptions,
  ShutdownPhase,
  StopReport,
} from "./reactor.ts";
export type { Port } from "./port.ts";
export type { CutConnection } from "./connections.ts";
export { Factory } from "./factory.ts";
export { Protocol, type Handled } from "./protocol.ts";
export type { Transport, TransportLimits } from "./transport.ts";
export type { CloseReason, CloseReport } from "./close-reason.ts";
export {
  addressText,
  type Address,
  type StdioAddress,
  type TcpAddress,
  type UnixAddress,
} from "./address.ts";

export { LineOnlyReceiver } from "./line-only-receiver.ts";
export { LineReceiver } from "./line-receiver.ts";
export { LineReader } from "./line-reader.ts";
export {
  LineSplitter,
  type LineEnd,
  type SplitLine,
  type TooLongLine,
  type UndecodableLine,
} from "./line-splitter.ts";

export { Receiver, type Parser } from "./receiver.ts";
export { NetstringReceiver } from "./strings/netstring-receiver.ts";
export { NetstringParser, type BrokenNetstring, type Netstring } from "./strings/netstring-parser.ts";
export {
  Int16StringReceiver,
  Int32StringReceiver,
  Int8StringReceiver,
} from "./strings/int-string-receivers.ts";
export {
  IntStringParser,
  type IntString,
  type PrefixBytes,
  type TooLongString,
} from "./strings/int-string-parser.ts";

export { StreamProtocol, type ConnectionStream } from "./stream-protocol.ts";

export { proxied, type ProxiedOptions } from "./proxy/proxied.ts";
export { readProxyHeader, type ProxyAddresses, type ProxyHeader } from "./proxy/proxy-header.ts";

export { limitConnections, type ConnectionLimits } from "./policies/limit-connections.ts";
export { idle, type IdleLimits } from "./policies/idle.ts";
export { rateLimited, type Rate, type RateLimits } from "./policies/rate-limit.ts";
export { TokenBucket } from "./policies/token-bucket.ts";
export { recorded, type RecordOptions, type Traffic } from "./policies/record.ts";
export { flightText, readFlight, type Flight, type Frame } from "./policies/flight.ts";

export { FactoryWrapper, layered, type MakeLayer } from "./layers/factory-wrapper.ts";
export { Layer } from "./layers/layer.ts";

export {
  ReactorThread,
  type BlockingCallOptions,
  type ReactorThreadEvents,
  type ReactorThreadOptions,
} from "./threads/reactor-thread.ts";
export type { ThreadTarget } from "./threads/thread-messages.ts";
export type { ThreadFactory } from "./threads/thread-client.ts";
export { BlockingCallTimeoutError, type ThreadCalls } from "./threads/thread-calls.ts";
export { listenInThreads, type ListenInThreadsOptions, type SharedPort } from "./threads/shared-port.ts";
export { runInWorker } from "./threads/run-in-worker.ts";

export { keepConnected, type KeepConnectedOptions } from "./keep-connected.ts";
export {
  ClientService,
  ServiceStoppedError,
  type ClientServiceOptions,
  type ClientState,
  type WhenConnectedOptions,
} from "./client-service.ts";
export { fullJitter, type FullJitterOptions, type RetryPolicy } from "./backoff.ts";

export { broadcast, type Listening } from "./broadcast.ts";

export { runMain, untilAborted, type Main, type RunMainOptions } from "./run-main.ts";
export { delay, type DelayOptions } from "./delay.ts";
export { every, type EveryOptions } from "./every.ts";

export { DatagramProtocol } from "./datagrams/datagram-protocol.ts";
export type { DatagramTransport } from "./datagrams/datagram-transport.ts";
export type { DatagramEvents, DatagramSocket, UdpAddress, UdpPlace } from "./datagrams/datagram-socket.ts";

export type { Pem, Security, TlsClientOptions, TlsServerOptions } from "./tls/tls-options.ts";
export type { TlsSide } from "./tls/tls-side.ts";

export { EndpointError } from "./endpoints/endpoint-error.ts";
export { connectEndpoint, type ConnectEndpoint } from "./endpoints/connect-endpoint.ts";
export { listenEndpoint, type ListenEndpoint } from "./endpoints/listen-endpoint.ts";
export {
  AddressInUseError,
  CannotListenError,
  ClosedError,
  ConnectError,
  IdleError,
  NotConnectedError,
  PlaintextUnreadError,
  ProtocolError,
  ReactorStoppedError,
  StringTooLongError,
  TlsError,
  TooLongError,
} from "./errors.ts";
export { asError } from "./as-error.ts";
export type { Fault } from "./report-fault.ts";
export type { RefusedConnection } from "./report-refusal.ts";

export type { Clock, DelayedCall } from "./clock.ts";
export { systemClock } from "./system-clock.ts";
export type { Random } from "./random.ts";
export { systemRandom } from "./system-random.ts";
export type { IdleKind, Listener, ListenPlace, Net, Wire, WireEvents } from "./net.ts";
export { nodeNet } from "./node-net.ts";
