import { atTurnEnd, type TurnEnd } from "../turn.ts";
import { toThreadError } from "./thread-error.ts";
import type { ThreadEvent } from "./thread-messages.ts";

/** With more than this unread by the other thread, the peer is read no further. */
const MOST_UNREAD_LENGTH = 1024 * 1024;
/** What a line or a value weighs for being there at all; nobody measures a value. */
const LINE_LENGTH = 16;
const VALUE_LENGTH = 1024;

/** What happens in a reactor's thread, on its way out: batched by turn, held back when nobody takes it. */
export class ThreadEvents implements TurnEnd {
  readonly #post: (events: ThreadEvent[]) => void;
  #events: ThreadEvent[] = [];
  #unreadLength = 0;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(post: (events: ThreadEvent[]) => void) {
    this.#post = post;
  }

  add(event: ThreadEvent): void {
    if (this.#events.push(event) === 1) atTurnEnd(this);
  }

  /** Returns a promise when too much is unread, which resolves when there is room again. */
  addLine(generation: number, line: string): void | Promise<void> {
    const last = this.#events.at(-1);
    if (last?.kind === "lines" && last.generation === generation) last.lines.push(line);
    else this.add({ kind: "lines", generation, lines: [line] });
    return this.#hold(line.length + LINE_LENGTH);
  }

  /** As `addLine`, for anything that can be copied. */
  addValue(generation: number, value: unknown): void | Promise<void> {
    this.add({ kind: "told", generation, value });
    return this.#hold(VALUE_LENGTH);
  }

  /** The other thread has taken events of this length. */
  taken(length: number): void {
    this.#unreadLength -= length;
    if (this.#unreadLength > MOST_UNREAD_LENGTH / 2) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  turnEnded(): void {
    const events = this.#events;
    this.#events = [];
    try {
      this.#post(events);
    } catch {
      for (const event of events) this.#postAlone(event);
    }
  }

  #hold(length: number): void | Promise<void> {
    this.#unreadLength += length;
    if (this.#unreadLength <= MOST_UNREAD_LENGTH) return;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** What cannot be copied to the other thread is an error there, and spoils nothing else. */
  #postAlone(event: ThreadEvent): void {
    try {
      this.#post([event]);
    } catch (thrown) {
      const error = toThreadError(thrown);
      if (event.kind === "told") this.taken(VALUE_LENGTH); // Nobody there will say so.
      if (event.kind === "called") this.#post([{ ...event, end: { kind: "threw", error } }]);
      else if ("generation" in event) {
        this.#post([{ kind: "failed", generation: event.generation, error }]);
      }
    }
  }
}

/** What an event weighs. */
export function lengthOf(event: Extract<ThreadEvent, { readonly kind: "lines" | "told" }>): number {
  if (event.kind === "told") return VALUE_LENGTH;
  return event.lines.reduce((total, line) => total + line.length + LINE_LENGTH, 0);
}
