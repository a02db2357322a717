import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { EventInJournal } from "./journal-copy.ts";

/** Follows a journal's events from one to the next, as docs/protocol.md says under "Events"; by none of our code. */
export class Chain {
  seq = 0;
  head: string;

  constructor(epoch: string) {
    this.head = epoch;
  }

  /** Goes on with these. Returns the number of the first that does not follow from the one before it; else null. */
  follow(events: readonly EventInJournal[]): number | null {
    for (const { hash, body, ...row } of events) {
      const next = this.seq + 1;
      const text = canonicalize({ ...row, body: JSON.parse(body) as unknown })!;
      const head = createHash("sha256").update(this.head).update(text).digest("hex");
      if (row.seq !== next || head !== hash) return next;
      this.seq = next;
      this.head = head;
    }
    return null;
  }
}
