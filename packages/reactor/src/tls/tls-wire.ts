import type { TLSSocket } from "node:tls";
import type { Clock } from "../clock.ts";
import type { CloseReason } from "../close-reason.ts";
import type { IdleKind, Wire, WireEvents } from "../net.ts";
import { NodeWire } from "../node-wire.ts";
import { WireStream } from "../wire-stream.ts";
import type { Security } from "./tls-options.ts";

/** The encrypted side of TLS: gives the end of the wire below to TLS only after all that came before it. */
export class EncryptedStream extends WireStream {
  readonly #clock: Clock;
  /** Whether TLS may read on now; it asks again when it may. */
  mayEnd = true;
  /** Told by a layer below; led around TLS, which knows nothing of it. */
  idle: (kind: IdleKind) => void = () => {};
  /** TLS was told that nothing more comes. */
  hasEnded = false;
  #isEnding = false;

  constructor(wire: Wire, clock: Clock) {
    super(wire);
    this.#clock = clock;
  }

  override ended(): void {
    this.#isEnding = true;
    this.endIfAsked();
  }

  /** In a later turn: what came just before the end must have gone through TLS. */
  endIfAsked(): void {
    if (!this.#isEnding || !this.mayEnd) return;
    this.#clock.callLater(0, () => {
      if (!this.mayEnd || this.hasEnded) return;
      this.hasEnded = true;
      super.ended();
    });
  }
}

/**
 * A wire through TLS. An end that comes without TLS's own farewell (`close_notify`, RFC 8446 §6.1) may be an
 * attacker's, and is `lost`.
 */
export class TlsWire extends NodeWire {
  readonly #below: Wire;
  readonly #encrypted: EncryptedStream;
  readonly #security: Security;

  constructor(socket: TLSSocket, encrypted: EncryptedStream, below: Wire) {
    super(socket, below.host, below.peer);
    // Asked once: Node forgets the certificate after the first answer.
    this.#security = {
      version: socket.getProtocol() ?? "",
      alpnProtocol: socket.alpnProtocol || undefined,
      peerCertificate: socket.getPeerX509Certificate(),
    };
    this.#encrypted = encrypted;
    this.#below = below;
  }

  override get security(): Security {
    return this.#security;
  }

  get isHoldingBack(): boolean {
    return this.#below.isHoldingBack ?? false;
  }

  override start(events: WireEvents): void {
    this.#encrypted.idle = (kind) => events.idle?.(kind);
    super.start({
      received: (bytes) => events.received(bytes),
      drained: () => events.drained(),
      finished: () => events.finished(),
      gone: (error) => events.gone(error),
      ended: () => (this.#encrypted.hasEnded ? this.fail(truncated()) : events.ended()),
    });
  }

  override pause(): void {
    this.#encrypted.mayEnd = false;
    super.pause();
  }

  override resume(): void {
    super.resume();
    this.#encrypted.mayEnd = true;
    this.#encrypted.endIfAsked();
  }

  override reset(): void {
    this.#below.reset();
    super.destroy();
  }

  override closed(reason: CloseReason): void {
    this.#below.closed?.(reason);
  }
}

function truncated(): Error {
  return Object.assign(new Error("the peer's end came without the end of TLS"), {
    code: "ERR_TLS_TRUNCATED",
  });
}
