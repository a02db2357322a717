import { createSecureContext, createServer, connect, type SecureContext, type TLSSocket } from "node:tls";
import { isIP } from "node:net";
import { asError } from "../as-error.ts";
import type { Clock } from "../clock.ts";
import { TlsError } from "../errors.ts";
import type { Wire } from "../net.ts";
import { EncryptedStream, TlsWire } from "./tls-wire.ts";
import type { Pem, TlsClientOptions, TlsServerOptions } from "./tls-options.ts";

/** TLS 1.2 is the oldest that is still thought to be safe (RFC 8996 forbids what came before). */
const OLDEST = "TLSv1.2";
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** The server's side of TLS on a wire. Resolves when the handshake is done; rejects with `TlsError`. */
export function secureServer(wire: Wire, clock: Clock, options: TlsServerOptions): Promise<Wire> {
  return shakeHands(wire, clock, options.handshakeTimeoutMs, (encrypted, secured, failed) => {
    // A server per connection: Node tells which connection has failed only by which server tells it.
    const server = createServer({
      ...identity(options),
      ...(options.clientAuthorities !== undefined && { requestCert: true }),
      ...(options.alpnProtocols && { ALPNProtocols: [...options.alpnProtocols] }),
    });
    server.once("secureConnection", secured);
    server.once("tlsClientError", failed);
    server.emit("connection", encrypted);
  });
}

/** What Node makes of the keys and certificates; throws what it finds wrong with them. */
export function serverContext(options: TlsServerOptions): SecureContext {
  return createSecureContext(identity(options));
}

function identity(options: TlsServerOptions) {
  return {
    key: text(options.privateKey),
    cert: text(options.certificate),
    minVersion: OLDEST,
    ...(options.clientAuthorities !== undefined && { ca: authorities(options.clientAuthorities) }),
  } as const;
}

/** The client's side of TLS on a wire: the server must prove that it is `serverName`. */
export function secureClient(wire: Wire, clock: Clock, options: TlsClientOptions): Promise<Wire> {
  const name = options.serverName ?? (wire.peer.kind === "tcp" ? wire.peer.host : "localhost");
  return shakeHands(wire, clock, options.handshakeTimeoutMs, (encrypted, secured, failed) => {
    const socket = connect({
      socket: encrypted,
      host: name,
      ...(isIP(name) === 0 && { servername: name }),
      minVersion: OLDEST,
      ...(options.authorities !== undefined && { ca: authorities(options.authorities) }),
      ...(options.privateKey && { key: text(options.privateKey) }),
      ...(options.certificate && { cert: text(options.certificate) }),
      ...(options.alpnProtocols && { ALPNProtocols: [...options.alpnProtocols] }),
    });
    socket.once("secureConnect", () => secured(socket));
    socket.on("error", failed);
    socket.once("close", () => failed(new Error("the connection ended before it")));
  });
}

type Begin = (
  encrypted: EncryptedStream,
  secured: (socket: TLSSocket) => void,
  failed: (error: unknown) => void,
) => void;

function shakeHands(wire: Wire, clock: Clock, timeoutMs = HANDSHAKE_TIMEOUT_MS, begin: Begin): Promise<Wire> {
  const { promise, resolve, reject } = Promise.withResolvers<Wire>();
  const encrypted = new EncryptedStream(wire, clock);
  const failed = (error: unknown) => {
    reject(new TlsError(asError(error)));
    encrypted.destroy();
  };
  const patience = clock.callLater(timeoutMs, () => failed(new Error("it has not come in time")));
  const secured = (socket: TLSSocket) => {
    socket.pause();
    resolve(new TlsWire(socket, encrypted, wire));
  };
  encrypted.on("error", failed);
  try {
    begin(encrypted, secured, failed);
  } catch (error) {
    failed(error); // Node reads keys and certificates within the call.
  }
  return promise.finally(() => patience.cancel());
}

/** No authorities are nobody's: Node would take an empty text for its own list. */
function authorities(pem: Pem): string | string[] {
  return text(pem) || [];
}

function text(pem: Pem): string {
  return typeof pem === "string" ? pem : new TextDecoder().decode(pem);
}
