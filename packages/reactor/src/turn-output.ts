import type { JoinedText } from "./joined-text.ts";

/** Above this, waiting output is handed on at once and not at the end of the turn, to bound memory. */
export const LARGE_OUTPUT = 64 * 1024;

/** What one turn writes, kept so that it leaves in one system call. Small strings are joined. */
export class TurnOutput {
  #text = "";
  #parts: (string | Uint8Array)[] | undefined;
  #length = 0;

  /** Characters and bytes that wait. */
  get length(): number {
    return this.#length;
  }

  get isLarge(): boolean {
    return this.#length > LARGE_OUTPUT;
  }

  add(data: string | Uint8Array): void {
    this.#length += data.length;
    if (typeof data === "string") {
      this.#text += data;
    } else {
      this.#endText();
      (this.#parts ??= []).push(data);
    }
  }

  /** `add` of a text that others get too. */
  addJoined(text: JoinedText): void {
    this.#length += text.length;
    this.#text = text.after(this.#text);
  }

  /** All that waits, in order; nothing waits afterwards. */
  take(): (string | Uint8Array)[] {
    this.#endText();
    const parts = this.#parts ?? [];
    this.#parts = undefined;
    this.#length = 0;
    return parts;
  }

  #endText(): void {
    if (this.#text === "") return;
    (this.#parts ??= []).push(this.#text);
    this.#text = "";
  }
}
