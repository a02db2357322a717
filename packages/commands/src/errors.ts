/**
 * Refusals: the one kind of error that crosses the wire as it is. Everything else crosses as `INTERNAL`.
 *
 * On the wire a refusal is a JSON-RPC 2.0 error object (§5.1): an integer `code`, a `message`, and
 * `data: { code: "UPPER_SNAKE", final, recorded, ... }`. In code only the word is used.
 */

/** What a code means on the wire. `final`: sending the same command again gives the same answer. */
export interface ErrorCode {
  readonly number: number;
  readonly final: boolean;
  readonly meaning: string;
}

/** The codes of the protocol itself; a contract adds its own. They never change meaning. */
export const protocolErrors = {
  PARSE_ERROR: { number: -32700, final: true, meaning: "the line is not UTF-8 or not JSON" },
  INVALID_REQUEST: { number: -32600, final: true, meaning: "the JSON is not a request or a notification" },
  UNKNOWN_METHOD: { number: -32601, final: true, meaning: "the station has no such method" },
  INVALID_PARAMS: { number: -32602, final: true, meaning: "the parameters do not have the method's shape" },
  INTERNAL: { number: -32603, final: true, meaning: "the station made a mistake; it is in its log" },
  NOT_OPEN: { number: -32002, final: true, meaning: "a request came before session.open" },
  DENIED: { number: -32003, final: true, meaning: "the caller's role may not call this method" },
  VERSION: { number: -32004, final: true, meaning: "no common version of the protocol" },
  AUTH_FAILED: { number: -32005, final: true, meaning: "the proof of the token is missing or wrong" },
  COMMAND_ID_REUSED: { number: -32010, final: true, meaning: "this command id was used for something else" },
  EPOCH_CHANGED: {
    number: -32013,
    final: true,
    meaning: "the command was meant for a journal that the station no longer has",
  },
  UNAVAILABLE: {
    number: -32020,
    final: false,
    meaning: "the journal cannot be written now, or what the command is about does not answer",
  },
  OVERLOADED: { number: -32021, final: false, meaning: "too many commands wait to be decided" },
  SHUTTING_DOWN: {
    number: -32022,
    final: false,
    meaning: "the station is ending and takes no more commands",
  },
} as const satisfies Record<string, ErrorCode>;

/** A refusal that the caller can act on. `details` travels beside the code. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The station does not keep to the protocol: what it says next cannot be trusted either, so the connection ends. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/**
 * What is on the medium is not known any more: a flush has failed, or it reads back damaged. The kernel reports a failed
 * flush once and then forgets (fsync(2)), so nothing is tried again, nobody is answered, and the process ends; the next
 * one looks.
 */
export class StoreBroken extends Error {
  override readonly name = "StoreBroken";
}
