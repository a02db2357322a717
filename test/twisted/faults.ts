import type { ReceiverName } from "./case.ts";

/** A fault that somebody might make in our receivers. The text must stand in the file exactly once. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  /** The receiver that has it, where it is one only. */
  readonly receiver?: ReceiverName;
  readonly text: string;
  readonly replacement: string;
}

export const faults: readonly Fault[] = [
  {
    name: "the longest line allowed is refused",
    file: "line-splitter.ts",
    text: "return line.length > this.#maxLengthBytes;",
    replacement: "return line.length >= this.#maxLengthBytes;",
  },
  {
    name: "a CR that may be half of a line's end is counted",
    file: "line-splitter.ts",
    text: `return this.#end !== "lf" && this.#tail.last === CR ? this.#tail.length - 1 : this.#tail.length;`,
    replacement: "return this.#tail.length;",
  },
  {
    name: "a line's end that is cut in two is not seen",
    file: "line-splitter.ts",
    text: "return lf === 0 && this.#tail.last !== CR ? 0 : lf + 1;",
    replacement: "return lf === 0 ? 0 : lf + 1;",
  },
  {
    name: "a byte order mark at the beginning of a line is swallowed",
    file: "line-splitter.ts",
    text: `{ fatal: true, ignoreBOM: true }`,
    replacement: `{ fatal: true }`,
  },
  {
    name: "characters are counted in place of bytes",
    file: "line-splitter.ts",
    text: "line.length * 3 <= this.#maxLengthBytes",
    replacement: "line.length <= this.#maxLengthBytes",
  },
];
