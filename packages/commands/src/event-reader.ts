import type { EventLog } from "./event-log.ts";
import { encodeNotification } from "./json-rpc.ts";

/** An event as it is sent. */
export interface EventMessage {
  readonly seq: number;
  readonly text: string;
}

const rowsPerRead = 64;

/**
 * Reads the journal for all its watchers. Nearly all have read all there was and now want the same: it is read and
 * encoded once. One that is behind reads for itself.
 */
export class EventReader {
  readonly log: EventLog;
  /** What the newest were read after, and the journal's head then. */
  #since = -1;
  #head = "";
  #newest: readonly EventMessage[] = [];

  constructor(log: EventLog) {
    this.log = log;
  }

  /** What comes after `since`, or the beginning of it. */
  after(since: number): readonly EventMessage[] {
    const { log } = this;
    if (since === this.#since && log.head === this.#head) return this.#newest;
    const messages = log
      .read(since, rowsPerRead)
      .map((row) => ({ seq: row.seq, text: encodeNotification("event", row) }));
    if (messages.at(-1)?.seq === log.lastSeq) {
      this.#since = since;
      this.#head = log.head;
      this.#newest = messages;
    }
    return messages;
  }
}
