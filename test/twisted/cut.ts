import type { Dice } from "./dice.ts";

/** Where parsers stumble when the network cuts there: before, in the midst of and after each of these. */
const EDGES = new Set(["\r", "\n", ",", ":", "\0"]);

/** The stream in pieces, none of them empty: whole, single bytes, halves, random sizes, or cut at edges. */
export function cut(dice: Dice, stream: string): string[] {
  switch (dice.between(1, 6)) {
    case 1:
      return stream === "" ? [] : [stream];
    case 2:
      return stream.length > 2000 ? [stream] : stream.split("");
    case 3:
      return cutAt(stream, [dice.between(0, stream.length)]);
    case 4:
      return cutAt(stream, edgesOf(dice, stream));
    default:
      return cutInSizes(stream, () => dice.between(1, Math.ceil(stream.length / dice.between(1, 12)) || 1));
  }
}

function cutInSizes(stream: string, size: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < stream.length;) {
    const end = at + size();
    pieces.push(stream.slice(at, end));
    at = end;
  }
  return pieces;
}

function edgesOf(dice: Dice, stream: string): number[] {
  const positions = Array.from(stream, (character, at) =>
    EDGES.has(character) && !dice.oneIn(4) ? at + dice.between(0, 1) : -1,
  );
  return positions.filter((at) => at > 0);
}

function cutAt(stream: string, positions: readonly number[]): string[] {
  const bounds = [0, ...positions.toSorted((one, other) => one - other), stream.length];
  const pieces = bounds.slice(1).map((end, index) => stream.slice(bounds[index], end));
  return pieces.filter((piece) => piece !== "");
}
