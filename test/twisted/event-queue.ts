import type { Event } from "./case.ts";
import { Queue } from "./queue.ts";

/** What was told of one connection, in order. */
export class EventQueue extends Queue<Event> {
  readonly tell = (...event: string[]): void => this.push(event);

  /** All that is told up to and including the connection's end. */
  async untilLost(): Promise<Event[]> {
    const events = [await this.next()];
    while (events.at(-1)?.[0] !== "lost") events.push(await this.next());
    return events;
  }

  /** The text of the next `raw` events, however many they are, up to this length. */
  async raw(length: number): Promise<string> {
    let text = "";
    while (text.length < length) {
      const [word, more = ""] = await this.next();
      if (word !== "raw") throw new Error(`Cannot wait for raw bytes: ${word} came`);
      text += more;
    }
    return text;
  }
}
