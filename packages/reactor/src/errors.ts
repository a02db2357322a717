import { type Address, addressText } from "./address.ts";
import type { CloseReason } from "./close-reason.ts";
import type { IdleKind } from "./net.ts";

/** Something was written to a connection that is closing or closed. */
export class ClosedError extends Error {
  override readonly name = "ClosedError";
  readonly code = "CLOSED";

  constructor(message = "Cannot write: the connection is closed or closing") {
    super(message);
  }
}

/** The peer broke the protocol's rules. Thrown from a handler, it ends the connection and is nobody's bug. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
  readonly code = "PROTOCOL_ERROR";
}

/** Another program listens there already. */
export class AddressInUseError extends Error {
  override readonly name = "AddressInUseError";
  readonly code = "ADDRESS_IN_USE";
}

/** Listening failed for any reason but the address being in use. */
export class CannotListenError extends Error {
  override readonly name = "CannotListenError";
  readonly code = "CANNOT_LISTEN";
}

/**
 * A connection could not be made. `reason.kind` is `refused`, `timeout`, `lost` or `aborted`, or `protocol-error` when
 * TLS failed.
 */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  readonly code = "CANNOT_CONNECT";
  readonly reason: CloseReason;

  constructor(address: Address, why: string, reason: CloseReason) {
    super(`Cannot connect to ${addressText(address)}: ${why}`, { cause: reason.error });
    this.reason = reason;
  }
}

/** The reactor is stopping or has stopped. */
export class ReactorStoppedError extends Error {
  override readonly name = "ReactorStoppedError";
  readonly code = "REACTOR_STOPPED";
}

/** A line or a call had no connection, or its connection ended before it had left or was answered. */
export class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
  readonly code = "NOT_CONNECTED";

  constructor(why: string) {
    super(`Cannot send: ${why}`);
  }

  /** The error from its own message, as it comes from another thread. */
  static withMessage(message: string): NotConnectedError {
    return new NotConnectedError(message.replace(/^Cannot send: /, ""));
  }
}

/** Nothing happened for too long. Thrown from a handler, it ends the connection with reason `timeout`. */
export class IdleError extends Error {
  override readonly name = "IdleError";
  readonly code = "IDLE";
  readonly kind: IdleKind;

  constructor(kind: IdleKind) {
    const what = { read: "read", write: "written", all: "read or written" }[kind];
    super(`Cannot keep the connection: nothing was ${what} for too long`);
    this.kind = kind;
  }
}

/** TLS cannot begin: the peer, or somebody on the way, has sent more in the clear. */
export class PlaintextUnreadError extends ProtocolError {
  override readonly name = "PlaintextUnreadError";

  constructor(unreadBytes: number) {
    super(`Cannot begin TLS: ${unreadBytes} bytes that came in the clear are still unread`);
  }
}

/** The handshake of TLS failed: no agreement, or the peer did not prove who it is. `cause` tells which. */
export class TlsError extends ProtocolError {
  override readonly name = "TlsError";

  constructor(cause: Error) {
    super(`Cannot begin TLS: ${cause.message}`, { cause });
  }
}

/** A string is longer than its receiver can take, and was not sent. */
export class StringTooLongError extends Error {
  override readonly name = "StringTooLongError";
  readonly code = "STRING_TOO_LONG";

  constructor(lengthBytes: number, mostBytes: number) {
    super(`Cannot send the string: it has ${lengthBytes} bytes, and ${mostBytes} is the most`);
  }
}

/** A name or value does not fit into an AMP box; nothing was sent. */
export class TooLongError extends Error {
  override readonly name = "TooLongError";
  readonly code = "TOO_LONG";

  constructor(what: string, lengthBytes: number, mostBytes: number) {
    super(`Cannot send the box: ${what} has ${lengthBytes} bytes, and ${mostBytes} is the most`);
  }
}
