import type { ThreadEvent } from "./thread-messages.ts";
import { atTurnEnd, type TurnEnd } from "./turn.ts";

/** With more characters than this unread by the other thread, the peer is read no further. */
const MOST_UNREAD_LENGTH = 1024 * 1024;

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
    this.#unreadLength += lengthOf(line);
    if (this.#unreadLength > MOST_UNREAD_LENGTH) {
      this.#room ??= Promise.withResolvers();
      return this.#room.promise;
    }
  }

  /** The other thread has taken lines of this length. */
  taken(length: number): void {
    this.#unreadLength -= length;
    if (this.#unreadLength > MOST_UNREAD_LENGTH / 2) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  turnEnded(): void {
    const events = this.#events;
    this.#events = [];
    this.#post(events);
  }
}

/** What a line weighs: its characters, and something for being there at all. */
export function lengthOf(line: string): number {
  return line.length + 16;
}
