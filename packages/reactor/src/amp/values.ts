import { ProtocolError } from "../errors.ts";
import { concat } from "../concat.ts";
import type { Argument, OptionalArgument } from "./arguments.ts";
import { type AmpBox, parseBoxes, serializeBox } from "./box.ts";

/** What a command takes or gives: the type of each value, by its name on the wire. */
export type ArgumentTypes = Readonly<Record<string, Argument<unknown>>>;

/** The values that these types describe. */
export type Values<A extends ArgumentTypes> = {
  -readonly [K in keyof A as A[K] extends OptionalArgument<unknown> ? never : K]: ValueOf<A[K]>;
} & {
  -readonly [K in keyof A as A[K] extends OptionalArgument<unknown> ? K : never]?: ValueOf<A[K]> | undefined;
};

type ValueOf<T> = T extends Argument<infer V> ? V : never;

/** Adds the values to the box. Throws `TypeError` for one that is missing or that nobody asked for. */
export function valuesToBox(
  types: ArgumentTypes,
  values: Readonly<Record<string, unknown>>,
  box: AmpBox,
): void {
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(types, name))
      throw new TypeError(`Cannot send ${JSON.stringify(name)}: it is not declared`);
  }
  for (const [name, type] of Object.entries(types)) {
    const value = values[name];
    if (value !== undefined) box.set(name, type.toBytes(value));
    else if (!type.isOptional)
      throw new TypeError(`Cannot send without ${JSON.stringify(name)}: it is not optional`);
  }
}

/** The values in a box. Throws `ProtocolError` for one that is missing or is not of its type. */
export function boxToValues<A extends ArgumentTypes>(
  types: A,
  box: ReadonlyMap<string, Uint8Array>,
): Values<A> {
  const values: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(types)) {
    const bytes = box.get(name);
    if (bytes) values[name] = type.fromBytes(bytes);
    else if (!type.isOptional)
      throw new ProtocolError(`Cannot read the box: ${JSON.stringify(name)} is missing`);
  }
  return values as Values<A>;
}

/** Any number of boxes, each with the same values. */
export function AmpList<A extends ArgumentTypes>(types: A): Argument<Values<A>[]> {
  return {
    toBytes(list) {
      return concat(
        list.map((values) => {
          const box: AmpBox = new Map();
          valuesToBox(types, values, box);
          return serializeBox(box);
        }),
      );
    },
    fromBytes: (bytes) => parseBoxes(bytes).map((box) => boxToValues(types, box)),
  };
}
