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
  {
    name: "messages after the one that closed are delivered",
    file: "receiver.ts",
    text: "if (this.transport.disconnecting) return;",
    replacement: "",
  },
  {
    name: "a handler's pause is not heeded",
    file: "receiver.ts",
    text: "if (this.transport.isReadingPaused) return this.#deliverWhenResumed();",
    replacement: "",
  },
  {
    name: "the promise of a handler does not hold back what comes next",
    file: "receiver.ts",
    text: "return this.#delivering ?? this.#deliverNow();",
    replacement: "return this.#deliver();",
  },
  {
    name: "lines that were read ahead are lost to raw mode",
    file: "line-reader.ts",
    text: "this.#at -= unreadBytes;",
    replacement: "",
    receiver: "LineReceiver",
  },
  {
    name: "what raw mode gives back is forgotten",
    file: "line-reader.ts",
    text: "this.#chunk.subarray(this.#at)]) : extra;",
    replacement: "this.#chunk.subarray(this.#at)]) : NOTHING;",
    receiver: "LineReceiver",
  },
  {
    name: "a netstring's length may begin with zeros",
    file: "strings/netstring-parser.ts",
    text: `if (this.#digits === "0") return`,
    replacement: "if (false) return",
    receiver: "NetstringReceiver",
  },
  {
    name: "the longest netstring is refused",
    file: "strings/netstring-parser.ts",
    text: "if (Number(this.#digits) <= this.#maxLengthBytes)",
    replacement: "if (Number(this.#digits) < this.#maxLengthBytes)",
    receiver: "NetstringReceiver",
  },
  {
    name: "a length that is cut in two is read from its second half",
    file: "strings/int-string-parser.ts",
    text: "return this.#begun.takeWith(part);",
    replacement: "return part.length === 1 && count === 2 ? part : this.#begun.takeWith(part);",
    receiver: "Int16StringReceiver",
  },
  {
    name: "the longest string is refused",
    file: "strings/int-string-parser.ts",
    text: "if (this.#lengthBytes > this.maxLengthBytes)",
    replacement: "if (this.#lengthBytes >= this.maxLengthBytes)",
    receiver: "Int32StringReceiver",
  },
  {
    name: "the longest name in a box is refused",
    file: "amp/box-parser.ts",
    text: "const MOST_KEY_BYTES = 255;",
    replacement: "const MOST_KEY_BYTES = 254;",
    receiver: "BinaryBoxProtocol",
  },
  {
    name: "a name in a box may be as long as a value",
    file: "amp/box-parser.ts",
    text: "new IntStringParser(2, MOST_KEY_BYTES)",
    replacement: "new IntStringParser(2, MOST_VALUE_BYTES)",
    receiver: "BinaryBoxProtocol",
  },
  {
    name: "the first value of a name counts, not the last",
    file: "amp/box-parser.ts",
    text: "this.#box.set(name, bytes);",
    replacement: "if (!this.#box.has(name)) this.#box.set(name, bytes);",
    receiver: "BinaryBoxProtocol",
  },
  {
    name: "what comes after the box that switches is lost",
    file: "amp/box-parser.ts",
    text: "return concat([...parts, this.#strings.takeRest()]);",
    replacement: "return concat(parts);",
    receiver: "BinaryBoxProtocol",
  },
  {
    name: "names are sent in the order they came",
    file: "amp/box.ts",
    text: "[...box.keys()].toSorted(byCodeUnits)",
    replacement: "box.keys()",
    receiver: "BinaryBoxProtocol",
  },
];
