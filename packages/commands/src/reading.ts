/**
 * What a client reads of a station's journal: a snapshot in place of all it knew, then each event once, in order.
 */
import { ProtocolError } from "./errors.ts";
import type { EventRow, SnapshotItem } from "./event-log.ts";
import type { ReadingPlace } from "./event-pump.ts";
import {
  parseEvent,
  parseProgress,
  parseSnapshotBegin,
  parseSnapshotEnd,
  parseSnapshotItem,
} from "./from-station.ts";
import type { NotificationMessage, Params } from "./json-rpc.ts";

export interface ReadingListener {
  /** `because`: why the station sent it, in its words. */
  snapshotRead(items: readonly SnapshotItem[], seq: number, because: string): void;
  eventRead(row: EventRow): void;
  progressRead(progress: Params & { readonly job: string }): void;
}

interface Snapshot {
  readonly seq: number;
  /** How many there will be. */
  readonly items: number;
  readonly because: string;
  readonly read: SnapshotItem[];
}

/** Keeps the place where a client has stopped reading, over any number of connections. */
export class Reading {
  /** What to go on from; null until there was a snapshot. */
  place: ReadingPlace | null = null;
  readonly #listener: ReadingListener;
  #epoch = "";
  /** What has come of a snapshot that has begun; null between snapshots. */
  #snapshot: Snapshot | null = null;

  constructor(listener: ReadingListener) {
    this.#listener = listener;
  }

  /** A session has opened. A place in another journal means nothing in this one. */
  opened(epoch: string): void {
    if (this.place?.epoch !== epoch) this.place = null;
    this.#epoch = epoch;
    this.#snapshot = null;
  }

  /**
   * Takes what the station says of its own accord; what it does not know it ignores. Throws a `ProtocolError`, and has
   * taken nothing, when the station does not keep to the protocol.
   */
  take({ method, params }: NotificationMessage): void {
    switch (method) {
      case "snapshot.begin":
        this.#snapshot = { ...parseSnapshotBegin(params), read: [] };
        return;
      case "snapshot.item":
        return this.#snapshotItem(parseSnapshotItem(params));
      case "snapshot.end":
        return this.#snapshotEnded(parseSnapshotEnd(params));
      case "event":
        return this.#event(parseEvent(params));
      case "progress":
        return this.#listener.progressRead(parseProgress(params));
    }
  }

  #snapshotItem(item: SnapshotItem): void {
    if (!this.#snapshot) throw new ProtocolError("Cannot take the item: no snapshot has begun");
    this.#snapshot.read.push(item);
  }

  /** A snapshot that is not whole would hide what is missing for ever. */
  #snapshotEnded({ seq, head }: { readonly seq: number; readonly head: string | null }): void {
    const snapshot = this.#snapshot;
    if (snapshot?.seq !== seq || snapshot.items !== snapshot.read.length)
      throw new ProtocolError("Cannot take the snapshot: its end does not fit its beginning");
    this.#snapshot = null;
    this.place = { epoch: this.#epoch, since: seq, head };
    this.#listener.snapshotRead(snapshot.read, seq, snapshot.because);
  }

  /** One that was seen before is ignored. One that was skipped is a fault: the connection ends, and we resume. */
  #event(row: EventRow): void {
    if (!this.place || row.seq <= this.place.since) return;
    const next = this.place.since + 1;
    if (row.seq > next)
      throw new ProtocolError(`Cannot go on reading: events ${next} to ${row.seq - 1} are missing`);
    this.place = { ...this.place, since: row.seq, head: row.head ?? null };
    this.#listener.eventRead(row);
  }
}
