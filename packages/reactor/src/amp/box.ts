import { concat } from "../concat.ts";
import { ProtocolError, TooLongError } from "../errors.ts";
import { intPrefix } from "../strings/int-string-parser.ts";
import { BoxParser } from "./box-parser.ts";

/** Names and values, the unit of AMP. A name's characters are its bytes: up to U+00FF, 1 to 255 of them. */
export type AmpBox = Map<string, Uint8Array>;

const MOST_KEY_BYTES = 255;
/** The longest value: its length is said in two bytes. */
export const MOST_VALUE_BYTES = 65_535;

/**
 * The box as it goes over the wire: names and values with their length in two bytes before them, in the order of
 * the names' bytes, and an empty name. Throws `TooLongError`.
 */
export function serializeBox(box: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const name of [...box.keys()].toSorted(byCodeUnits)) {
    const value = box.get(name)!;
    if (value.length > MOST_VALUE_BYTES) throw new TooLongError(name, value.length, MOST_VALUE_BYTES);
    const key = keyBytes(name);
    parts.push(intPrefix(key.length, 2), key, intPrefix(value.length, 2), value);
  }
  return concat([...parts, intPrefix(0, 2)]);
}

/** The boxes in bytes that hold whole boxes only; throws `ProtocolError` on all else. */
export function parseBoxes(bytes: Uint8Array): AmpBox[] {
  const parser = new BoxParser(Infinity);
  parser.push(bytes);
  const boxes: AmpBox[] = [];
  for (let box = parser.next(); box; box = parser.next()) {
    if (!(box instanceof Map)) throw new ProtocolError(`Cannot read the box: ${box.why}`);
    boxes.push(box);
  }
  if (parser.takeRest().length > 0) throw new ProtocolError("Cannot read the box: it is not all there");
  return boxes;
}

function keyBytes(name: string): Uint8Array {
  if (name === "") throw new TypeError("Cannot send the box: a name in it is empty");
  if (name.length > MOST_KEY_BYTES) throw new TooLongError("a name", name.length, MOST_KEY_BYTES);
  return Uint8Array.from(name, (character) => {
    const byte = character.charCodeAt(0);
    if (byte > 0xff) throw new TypeError(`Cannot send the box: ${JSON.stringify(name)} is not made of bytes`);
    return byte;
  });
}

/** As the bytes of the names are ordered; `localeCompare` would not. */
function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : 1;
}
