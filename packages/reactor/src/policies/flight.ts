import type { Address } from "../address.ts";
import type { CloseReason } from "../close-reason.ts";

/** Something that crossed a wire, or its end. */
export interface Frame {
  /** On the reactor's clock, from the beginning of the connection. */
  readonly atMs: number;
  /** `ended`: the peer's FIN. `end`: ours. */
  readonly kind: "received" | "written" | "ended" | "end";
  readonly bytes: Uint8Array;
}

/** The last that happened on one connection, and how it ended. */
export interface Flight {
  readonly host: Address;
  readonly peer: Address;
  /** Those that are kept, oldest first. */
  readonly frames: readonly Frame[];
  /** How many older ones were forgotten. */
  readonly forgottenFrames: number;
  readonly reason: CloseReason;
}

/** The flight as text, to be kept in a file of its own; `readFlight` reads it. */
export function flightText({ frames, reason, ...flight }: Flight): string {
  const { error, ...end } = reason;
  const lines = [
    { ...flight, reason: { ...end, ...(error && { error: error.message }) } },
    ...frames.map(({ bytes, ...frame }) => ({ ...frame, bytes: Buffer.from(bytes).toString("base64") })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A flight from its text. */
export function readFlight(text: string): Flight {
  const [first = "", ...rest] = text.trimEnd().split("\n");
  const { reason, ...flight } = JSON.parse(first) as StoredFlight;
  const { error, ...end } = reason;
  return {
    ...flight,
    reason: error === undefined ? end : { ...end, error: new Error(error) },
    frames: rest.map(readFrame),
  };
}

function readFrame(line: string): Frame {
  const { bytes, ...frame } = JSON.parse(line) as Omit<Frame, "bytes"> & { readonly bytes: string };
  return { ...frame, bytes: new Uint8Array(Buffer.from(bytes, "base64")) };
}

interface StoredFlight extends Omit<Flight, "frames" | "reason"> {
  readonly reason: Omit<CloseReason, "error"> & { readonly error?: string };
}
