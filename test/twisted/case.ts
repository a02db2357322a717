/** A stream as it reaches a protocol, and what the protocol was told. Bytes are text of the same code points. */
export interface Case {
  readonly receiver: ReceiverName;
  readonly settings: Settings;
  readonly chunks: readonly string[];
}

export type ReceiverName =
  | "LineOnlyReceiver"
  | "LineReceiver"
  | "NetstringReceiver"
  | "Int8StringReceiver"
  | "Int16StringReceiver"
  | "Int32StringReceiver"
  | "BinaryBoxProtocol";

export interface Settings {
  readonly maxLength: number;
  readonly delimiter?: "\r\n" | "\n";
  /** `lengthLimitExceeded` and `lineLengthExceeded` do not close. */
  readonly keepsOpen?: boolean;
  /** Ours only: every handler returns a promise, which must change nothing. */
  readonly holds?: boolean;
}

/** A word and its arguments: `["line", "hello"]`, `["too-long"]`, `["write", "hi\r\n"]`, `["close"]`. */
export type Event = readonly string[];
export type Trace = readonly Event[];

export function toBytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

export function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

export function sameTrace(one: Trace, other: Trace): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
