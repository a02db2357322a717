/**
 * Feeds one watcher from the journal: a snapshot if it needs one, then every event in order.
 *
 * A watcher is a number, not a queue: what it has been sent up to. It is sent more only while its channel takes more,
 * so a slow watcher costs no memory and loses nothing; it reads the journal later.
 */
import { highWaterBytes, lowWaterBytes, type Channel } from "./channel.ts";
import type { EventLog, SnapshotItem } from "./event-log.ts";
import type { EventMessage, EventReader } from "./event-reader.ts";
import { encodeNotification } from "./json-rpc.ts";

/** Where a watcher stopped reading, as it tells when it comes back. */
export interface ReadingPlace {
  readonly epoch: string;
  readonly since: number;
  /** The chain's value at `since`, as it was told then; null when it was not. */
  readonly head: string | null;
}

/**
 * Why a watcher gets a snapshot: it has no place, one in another journal, or one before the first event that can be
 * sent. The last two must never be: the watcher has read more events than there are, or others than there are, so the
 * journal was lost and replaced by an older copy, or changed.
 */
export type SnapshotReason = "first" | "other-journal" | "too-old" | "rolled-back" | "rewritten";

/** Sends a watcher what it has not had yet, as fast as its channel takes it. */
export class EventPump {
  /** Why it begins with a snapshot; null when the watcher goes on where it was. */
  readonly because: SnapshotReason | null;
  readonly #channel: Channel;
  readonly #reader: EventReader;
  #snapshot: Iterator<string>;
  #cursor: number;
  #inSnapshot = true;
  #events: readonly EventMessage[] = [];
  /** How many of them were sent. */
  #sent = 0;
  /** The latest progress of each job, as it is sent; older progress is of no use to anybody. */
  readonly #progress = new Map<string, string>();

  constructor(channel: Channel, reader: EventReader, place: ReadingPlace | null) {
    const { log } = reader;
    this.#channel = channel;
    this.#reader = reader;
    this.because = whyNotGoOn(log, place);
    this.#cursor = place && this.because === null ? place.since : log.lastSeq;
    this.#snapshot = this.because === null ? noMessages() : snapshotMessages(stateOf(log), this.because);
  }

  /** Sends what can be sent now. Called after every commit and whenever the channel has drained. */
  pump(): void {
    while (this.#channel.bufferedBytes < highWaterBytes) {
      const message = this.#next();
      if (message === null) break;
      this.#channel.send(message);
    }
    if (this.#isUpToDate() && this.#channel.bufferedBytes < lowWaterBytes) this.#sendProgress();
  }

  progress(job: string, message: string): void {
    this.#progress.set(job, message);
    this.pump();
  }

  #next(): string | null {
    if (this.#inSnapshot) {
      const { done, value } = this.#snapshot.next();
      if (!done) return value;
      this.#inSnapshot = false;
      this.#snapshot = noMessages(); // a generator that has ended keeps what it went over
    }
    if (this.#cursor === this.#reader.log.lastSeq) return null;
    if (this.#sent === this.#events.length) {
      this.#events = this.#reader.after(this.#cursor);
      this.#sent = 0;
    }
    const event = this.#events[this.#sent];
    if (!event) return null;
    this.#sent += 1;
    this.#cursor = event.seq;
    return event.text;
  }

  #isUpToDate(): boolean {
    return !this.#inSnapshot && this.#cursor === this.#reader.log.lastSeq;
  }

  #sendProgress(): void {
    for (const message of this.#progress.values()) this.#channel.send(message);
    this.#progress.clear();
  }
}

function whyNotGoOn(log: EventLog, place: ReadingPlace | null): SnapshotReason | null {
  if (place === null) return "first";
  if (place.epoch !== log.epoch) return "other-journal";
  if (place.since > log.lastSeq) return "rolled-back";
  if (place.since < 0) return "too-old";
  if (place.head !== null && place.head !== log.headAt(place.since)) return "rewritten";
  return place.since < log.firstSeq - 1 ? "too-old" : null;
}

function* noMessages(): Generator<string> {}

function stateOf(log: EventLog) {
  return { seq: log.lastSeq, head: log.head, items: log.snapshot() };
}

/** The state is taken when the pump is made, so that it is of one `seq`, however slowly it is sent. */
function* snapshotMessages(
  { seq, head, items }: { seq: number; head: string; items: readonly SnapshotItem[] },
  because: SnapshotReason,
): Generator<string> {
  yield encodeNotification("snapshot.begin", { seq, items: items.length, because });
  for (const item of items) yield encodeNotification("snapshot.item", item);
  yield encodeNotification("snapshot.end", { seq, head });
}
