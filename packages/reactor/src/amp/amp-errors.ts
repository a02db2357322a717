import { ProtocolError } from "../errors.ts";

/** The peer answered a command with an error. `errorCode` is what stood on the wire. */
export class RemoteAmpError extends Error {
  override readonly name: string = "RemoteAmpError";
  readonly errorCode: string;

  constructor(errorCode: string, description: string) {
    super(description);
    this.errorCode = errorCode;
  }
}

/** The peer has no responder for the command. */
export class UnhandledCommandError extends RemoteAmpError {
  override readonly name = "UnhandledCommandError";
}

/** The peer failed in a way that the command does not declare. */
export class UnknownRemoteError extends RemoteAmpError {
  override readonly name = "UnknownRemoteError";
}

/** The peer answered what was not asked, or answered it twice. */
export class UnknownAnswerError extends ProtocolError {
  readonly tag: string;

  constructor(tag: string) {
    super(`Cannot take the answer: nothing waits for the tag ${JSON.stringify(tag)}`);
    this.tag = tag;
  }
}

/** The connection speaks another protocol now, or is about to. */
export class ProtocolSwitchedError extends Error {
  override readonly name = "ProtocolSwitchedError";
  readonly code = "PROTOCOL_SWITCHED";

  constructor() {
    super("Cannot send the command: the connection has switched to another protocol");
  }
}
