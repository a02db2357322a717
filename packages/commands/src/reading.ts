/**
 * What a client reads of a station's journal: a snapshot in place of all it knew, then each event once, in order.
 */
import { ProtocolError } from "./errors.ts";
import type { EventRow, SnapshotItem } from "./event-log.ts";
import type { ReadingPlace } from "./event-pump.ts";
import type { NotificationMessage, Params } from "./json-rpc.ts";

export interface ReadingListener {
  snapshotRead(items: readonly SnapshotItem[], seq: number): void;
  eventRead(row: EventRow): void;
  progressRead(progress: Params): void;
}

/** Keeps the place where a client has stopped reading, over any number of connections. */
export class Reading {
  /** What to go on from; null until there was a snapshot. */
  place: ReadingPlace | null = null;
  readonly #listener: ReadingListener;
  #epoch = "";
  #items: SnapshotItem[] = [];

  constructor(listener: ReadingListener) {
    this.#listener = listener;
  }

  /** A session has opened. A place in another journal means nothing in this one. */
  opened(epoch: string): void {
    if (this.place?.epoch !== epoch) this.place = null;
    this.#epoch = epoch;
  }

  /** Takes what the station says of its own accord; what it does not know it ignores. */
  take({ method, params }: NotificationMessage): void {
    switch (method) {
      case "snapshot.begin":
        this.#items = [];
        return;
      case "snapshot.item":
        this.#items.push(params as unknown as SnapshotItem);
        return;
      case "snapshot.end":
        return this.#snapshotEnded(Number(params.seq));
      case "event":
        return this.#event(params as unknown as EventRow);
      case "progress":
        return this.#listener.progressRead(params);
    }
  }

  #snapshotEnded(seq: number): void {
    this.place = { epoch: this.#epoch, since: seq };
    const items = this.#items;
    this.#items = [];
    this.#listener.snapshotRead(items, seq);
  }

  /** One that was seen before is ignored. One that was skipped is a fault: the connection ends, and we resume. */
  #event(row: EventRow): void {
    if (!this.place || row.seq <= this.place.since) return;
    const next = this.place.since + 1;
    if (row.seq > next)
      throw new ProtocolError(`Cannot go on reading: events ${next} to ${row.seq - 1} are missing`);
    this.place = { ...this.place, since: row.seq };
    this.#listener.eventRead(row);
  }
}
