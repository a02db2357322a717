import { fromBytes, type Case, type ReceiverName, type Settings } from "./case.ts";
import { cut } from "./cut.ts";
import type { Dice } from "./dice.ts";
import { bigEndian } from "./frame.ts";

/** Larger than any that is made here: Twisted has no limit. */
const LARGEST_BOX_BYTES = 4 * 1024 * 1024;

/** A random stream for one of these receivers, full of what parsers get wrong. */
export function makeCase(dice: Dice, receivers: readonly ReceiverName[]): Case {
  const receiver = dice.pick(receivers);
  const settings = makeSettings(dice, receiver);
  const stream = makeStream(dice, receiver, settings);
  return { receiver, settings, chunks: cut(dice, stream) };
}

function makeSettings(dice: Dice, receiver: ReceiverName): Settings {
  const maxLength = receiver === "BinaryBoxProtocol" ? LARGEST_BOX_BYTES : makeMaxLength(dice);
  const holds = dice.oneIn(4) ? { holds: true } : {};
  if (!receiver.startsWith("Line")) return { maxLength, ...holds };
  return { maxLength, delimiter: dice.oneIn(4) ? "\n" : "\r\n", ...holds };
}

function makeMaxLength(dice: Dice): number {
  return dice.oneIn(300) ? dice.pick([16_384, 70_000]) : dice.between(1, 24);
}

function makeStream(dice: Dice, receiver: ReceiverName, settings: Settings): string {
  const stream = dice.some(1, dice.oneIn(10) ? 20 : 6, () => pieces[receiver](dice, settings)).join("");
  return dice.oneIn(5) ? stream.slice(0, dice.between(0, stream.length)) : stream;
}

/** What a stream to each receiver is made of. */
const pieces: Record<ReceiverName, (dice: Dice, settings: Settings) => string> = {
  LineOnlyReceiver: line,
  LineReceiver: line,
  NetstringReceiver: (dice, { maxLength }) => netstring(dice, makeMessage(dice, maxLength)),
  Int8StringReceiver: (dice, { maxLength }) =>
    intString(dice, 1, makeMessage(dice, Math.min(maxLength, 255))),
  Int16StringReceiver: (dice, { maxLength }) =>
    intString(dice, 2, makeMessage(dice, Math.min(maxLength, 65_535))),
  Int32StringReceiver: (dice, { maxLength }) => intString(dice, 4, makeMessage(dice, maxLength)),
  BinaryBoxProtocol: box,
};

/** A message: text, bytes, a command that the protocol obeys, or one whose length is just at the limit. */
function makeMessage(dice: Dice, maxLength: number): string {
  switch (dice.between(1, 12)) {
    case 1:
      return "";
    case 2:
    case 3:
      return "x".repeat(Math.max(0, maxLength + dice.pick([-1, 0, 0, 1, 2])));
    case 4:
      return filledUp(utf8(dice), maxLength + dice.pick([-1, 0, 0, 1]));
    case 5:
      return dice.some(1, 8, () => String.fromCodePoint(dice.between(0, 255))).join("");
    case 6:
      return dice.some(1, 6, () => dice.pick(["\r", "\n", "\r\n", "\0", ",", ":", "a"])).join("");
    case 7:
      return dice.oneIn(3) ? dice.pick(["quit", "abort", "bye"]) : "hello";
    case 8:
      return `say ${dice.pick(["", "hi", "caffè ☕".normalize(), "\0"].map((text) => fromBytes(Buffer.from(text))))}`;
    case 9:
      return dice.pick(["pause", "clear", `raw ${dice.between(0, 12)}`, `long ${dice.between(250, 260)}`]);
    default:
      return utf8(dice);
  }
}

/** Some characters of one to four bytes; now and then one that is cut. */
function utf8(dice: Dice): string {
  const text = dice.some(0, 5, () => dice.pick(["a", "è", "☕", "🍝", "\u{feff}", " "])).join("");
  const bytes = fromBytes(Buffer.from(text));
  return dice.oneIn(6) ? bytes.slice(dice.between(0, 1), bytes.length - dice.between(0, 2)) : bytes;
}

function filledUp(text: string, length: number): string {
  return text.padEnd(length, "y").slice(0, Math.max(0, length));
}

function line(dice: Dice, { maxLength, delimiter = "\r\n" }: Settings): string {
  return makeMessage(dice, maxLength) + lineEnd(dice, delimiter);
}

function lineEnd(dice: Dice, delimiter: string): string {
  return dice.oneIn(8) ? dice.pick(["", "\r", "\n", "\n\r", "\r\r\n", "\r\n\r\n"]) : delimiter;
}

function netstring(dice: Dice, message: string): string {
  if (!dice.oneIn(8)) return `${message.length}:${message},`;
  const wrong = dice.between(0, message.length + 2);
  return dice.pick([
    `0${message.length}:${message},`,
    `${wrong}:${message},`,
    `${message.length}:${message};`,
    `${message.length};${message},`,
    `${message.length}\n:${message},`,
    `-1:${message},`,
    `+${message.length}:${message},`,
    `${message.length} :${message},`,
    `${message.length}:${message}`,
    ":,",
    ",",
    "0:,",
    "00:,",
    "9".repeat(dice.between(1, 400)),
    message,
  ]);
}

function intString(dice: Dice, prefixBytes: number, message: string): string {
  const length = dice.oneIn(12) ? message.length + dice.pick([-1, 1, 2]) : message.length;
  if (dice.oneIn(30)) return `${fromBytes(Buffer.alloc(prefixBytes, 255))}${message}`;
  return bigEndian(prefixBytes, Math.max(0, length)) + message;
}

/** A box as AMP sends it; with keys in any order and repeated, and now and then one that may not be. */
function box(dice: Dice): string {
  const pairs = dice.some(0, 4, () => int16(boxKey(dice)) + int16(boxValue(dice)));
  if (dice.oneIn(3)) pairs.push(int16("_command") + int16(boxCommand(dice)));
  const end = dice.oneIn(12) ? dice.pick(["", "\0", "\0\0\0"]) : "\0\0";
  return pairs.join("") + end;
}

function boxKey(dice: Dice): string {
  if (dice.oneIn(20)) return "k".repeat(dice.pick([1, 254, 255, 255, 256, 300, 65_535]));
  return dice.pick(["_ask", "_answer", "_error", "__proto__", "a", "aa", "b", "\0", "è", "\u{ff}", "\r\n"]);
}

function boxValue(dice: Dice): string {
  if (dice.oneIn(200)) return "v".repeat(dice.pick([255, 256, 65_535]));
  return dice.pick(["", "1", "Sum", "\0\0", "\r\n", "\u{ff}\u{fe}", "x".repeat(dice.between(0, 20))]);
}

/** What `boxes.ts` and `receivers.py` obey. */
function boxCommand(dice: Dice): string {
  if (dice.oneIn(8)) return dice.pick(["quit", "abort", "bye"]);
  return dice.pick(["echo", "echo", "switch", "pause", "say", "say caffè", `long ${dice.between(250, 260)}`]);
}

function int16(text: string): string {
  return bigEndian(2, text.length) + text;
}
