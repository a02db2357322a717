/**
 * What a client is told, checked by hand before anything is built on it: one wrong number kept as the place to go on
 * from, and no station would let the client in again.
 */
import { ProtocolError } from "./errors.ts";
import type { EventRow, SnapshotItem } from "./event-log.ts";
import type { Params } from "./json-rpc.ts";

/** What the station said when it let us in. */
export interface Welcome {
  readonly station: string;
  readonly role: string;
  readonly epoch: string;
  readonly seq: number;
  /** The chain's value at `seq`. */
  readonly head?: string;
}

/** Each throws a `ProtocolError` that names the message and the field. */
export function parseWelcome(result: Params): Welcome {
  const said = fieldsOf("the welcome", result);
  said.text("station");
  said.text("role");
  said.text("epoch");
  said.count("seq");
  said.textOrNothing("head");
  return result as unknown as Welcome;
}

export function parseEvent(params: Params): EventRow {
  const said = fieldsOf("the event", params);
  said.count("seq");
  said.text("at");
  said.text("type");
  if (params.job !== null) said.text("job");
  said.textOrNothing("head");
  return params as unknown as EventRow;
}

export function parseSnapshotBegin(params: Params) {
  const said = fieldsOf("the beginning of the snapshot", params);
  const because = said.textOrNothing("because") ?? "first";
  return { seq: said.count("seq"), items: said.count("items"), because };
}

export function parseSnapshotItem(params: Params): SnapshotItem {
  const said = fieldsOf("the item of the snapshot", params);
  said.text("kind");
  said.text("id");
  if (typeof params.ended !== "boolean") throw said.wrong("ended");
  return params as unknown as SnapshotItem;
}

export function parseSnapshotEnd(params: Params): { readonly seq: number; readonly head: string | null } {
  const said = fieldsOf("the end of the snapshot", params);
  return { seq: said.count("seq"), head: said.textOrNothing("head") };
}

/** Longer than that no station keeps a client waiting. */
const longestRetryAfterMs = 60_000;

export function parseGoodbye(params: Params): { readonly reason: string; readonly retryAfterMs: number } {
  const said = fieldsOf("the goodbye", params);
  const retryAfterMs = params.retryAfterMs === undefined ? 0 : said.count("retryAfterMs");
  return { reason: said.text("reason"), retryAfterMs: Math.min(retryAfterMs, longestRetryAfterMs) };
}

export function parseProgress(params: Params): Params & { readonly job: string } {
  return { ...params, job: fieldsOf("the progress", params).text("job") };
}

/** The job in the answer to an operation. */
export function parseJob(answer: Params): string {
  return fieldsOf("the answer to the operation", answer).text("job");
}

function fieldsOf(what: string, said: Params) {
  const wrong = (field: string): ProtocolError =>
    new ProtocolError(`Cannot take ${what}: its ${field} is not of the protocol's shape`);
  return {
    wrong,
    text(field: string): string {
      const value = said[field];
      if (typeof value !== "string") throw wrong(field);
      return value;
    },
    /** What may be left out; then it is null. */
    textOrNothing(field: string): string | null {
      return said[field] === undefined ? null : this.text(field);
    },
    /** A number of things, or of one among them. */
    count(field: string): number {
      const value = said[field];
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw wrong(field);
      return value;
    },
  };
}
