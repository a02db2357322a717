/** A message that can be spoilt at any place before it becomes text. */
import type { Chance } from "./chance.ts";
import { oddValues } from "./odd-values.ts";

export type Message = Record<string, unknown>;

/** Stands for raw JSON until the message is text. */
const mark = (index: number): string => `@raw${index}@`;

/** The message as one line, with `spoils` of its places changed. */
export function lineOf(message: Message, chance: Chance, spoils: number): string {
  if (spoils === 0) return JSON.stringify(message);
  const raw: string[] = [];
  for (let done = 0; done < spoils; done += 1) spoil(message, chance, raw);
  let line = JSON.stringify(message);
  for (const [index, text] of raw.entries()) line = line.replace(`"${mark(index)}"`, () => text);
  return line;
}

function spoil(message: Message, chance: Chance, raw: string[]): void {
  const { inside, key } = placeIn(message, chance);
  const odd = (): string => mark(raw.push(chance.pick(oddValues)) - 1);
  switch (chance.below(5)) {
    case 0:
      delete inside[key];
      return;
    case 1:
      inside[chance.pick(["extra", "__proto__x", "constructor", "id", "cmd", "epoch", ""])] = odd();
      return;
    case 2:
      // The same name twice: the first one's place is kept by the raw text.
      inside[key] = mark(raw.push(`${chance.pick(oddValues)},${JSON.stringify(key)}:1`) - 1);
      return;
    default:
      inside[key] = odd();
  }
}

/** A member anywhere in the message; mostly of its parameters, of which there is more to know. */
function placeIn(message: Message, chance: Chance): { inside: Message; key: string } {
  const { params } = message;
  let inside = hasMembers(params) && !chance.oneIn(4) ? params : message;
  for (;;) {
    const key = chance.pick(Object.keys(inside));
    const value = inside[key];
    if (!hasMembers(value) || chance.oneIn(4)) return { inside, key };
    inside = value;
  }
}

function hasMembers(value: unknown): value is Message {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
