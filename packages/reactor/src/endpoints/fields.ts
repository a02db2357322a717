import { EndpointError } from "./endpoint-error.ts";

/** What a kind of endpoint can be told. */
export interface Grammar {
  /** The names of so many fields that stand without one, in their order. */
  positional(count: number): readonly string[];
  readonly named: readonly string[];
  /** What Twisted calls some of them. */
  readonly otherNames?: Readonly<Record<string, string>>;
}

interface Field {
  /** Empty where it is told by the field's place. */
  readonly name: string;
  readonly value: string;
  /** Where the field begins, and where its value does. */
  readonly position: number;
  readonly valuePosition: number;
}

/**
 * Reads `kind:value:name=value` (Twisted's grammar: `:` parts the fields, `\` takes away a character's meaning), and
 * URLs: `kind://host:port?name=value`, `kind:///path`; from the character on where the kind stands.
 */
export function readFields<K extends string>(
  text: string,
  grammars: Readonly<Record<K, Grammar>>,
  kindPosition = 0,
): Fields<K> {
  const kind = /^[a-zA-Z]*/.exec(text.slice(kindPosition))![0];
  const start = kindPosition + kind.length + 1;
  if (!Object.hasOwn(grammars, kind) || (text[start - 1] ?? ":") !== ":") {
    const kinds = Object.keys(grammars).join(", ");
    throw new EndpointError(text, kindPosition, `it must begin with one of ${kinds}, and ":"`);
  }
  const isUrl = text.startsWith("//", start);
  const fields = isUrl ? urlFields(text, start + 2) : colonFields(text, start);
  return new Fields(text, kind as K, named(text, kind, fields, grammars[kind as K]));
}

/** The fields of one endpoint. */
export class Fields<K extends string> {
  readonly kind: K;
  readonly #text: string;
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(text: string, kind: K, fields: ReadonlyMap<string, Field>) {
    this.#text = text;
    this.kind = kind;
    this.#fields = fields;
  }

  text(name: string): string | undefined {
    const value = this.#fields.get(name)?.value;
    if (value === "") throw this.error(name, `the ${name} is empty`);
    return value;
  }

  needText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.error(name, `the ${name} is missing`);
    return value;
  }

  number(name: string, most = 2 ** 31 - 1): number | undefined {
    return this.#number(name, /^\d+$/, 10, most, `a number from 0 to ${most}`);
  }

  needNumber(name: string, most?: number): number {
    this.needText(name);
    return this.number(name, most)!;
  }

  /** Permissions, as `chmod` takes them. */
  octal(name: string, most: number): number | undefined {
    return this.#number(name, /^[0-7]+$/, 8, most, `octal, up to ${most.toString(8)}`);
  }

  /** Seconds in the string, as in Twisted's; milliseconds everywhere else. */
  secondsAsMs(name: string): number | undefined {
    const seconds = this.number(name, 86_400);
    return seconds === undefined ? undefined : seconds * 1000;
  }

  flag(name: string): boolean | undefined {
    const value = this.number(name, 1);
    return value === undefined ? undefined : value === 1;
  }

  /** An error at the field, or at the end where it is missing. */
  error(name: string, why: string): EndpointError {
    const field = this.#fields.get(name);
    return new EndpointError(this.#text, field?.valuePosition ?? this.#text.length, why);
  }

  #number(name: string, digits: RegExp, base: number, most: number, what: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = digits.test(text) ? Number.parseInt(text, base) : Number.NaN;
    if (value <= most) return value;
    throw this.error(name, `${JSON.stringify(text)} is not ${what}`);
  }
}

function named(text: string, kind: string, fields: readonly Field[], grammar: Grammar): Map<string, Field> {
  const byName = new Map<string, Field>();
  const places = grammar.positional(fields.filter(({ name }) => name === "").length);
  let place = 0;
  for (const field of fields) {
    const given = field.name || places[place++];
    const name = given && (grammar.otherNames?.[given] ?? given);
    if (!name || !grammar.named.includes(name)) {
      const what = JSON.stringify(field.name || field.value);
      throw new EndpointError(text, field.position, `${what} has no meaning for ${kind}`);
    }
    if (byName.has(name)) throw new EndpointError(text, field.position, `${name} is given twice`);
    byName.set(name, field);
  }
  return byName;
}

function colonFields(text: string, start: number): Field[] {
  const fields: Field[] = [];
  let position = start;
  while (position <= text.length && text.length > start) {
    const raw = /^(?:[^:\\]|\\.)*/s.exec(text.slice(position))![0];
    const end = position + raw.length;
    if (text[end] === "\\") throw new EndpointError(text, end, String.raw`"\" stands before nothing`);
    const name = /^([a-zA-Z]+)=/.exec(raw)?.[1] ?? "";
    const valuePosition = name ? position + name.length + 1 : position;
    const value = text.slice(valuePosition, end).replaceAll(/\\(.)/gs, "$1");
    fields.push({ name, value, position, valuePosition });
    position = end + 1;
  }
  return fields.filter(({ name, value }) => name !== "" || value !== "");
}

function urlFields(text: string, start: number): Field[] {
  const [whole, bracketed, plain, port, path] = /^(?:\[([^\]]*)\]|([^:/?]*))(?::([^/?]*))?(\/[^?]*)?/.exec(
    text.slice(start),
  )!;
  const fields: Field[] = [];
  const add = (name: string, value: string | undefined, position: number) => {
    if (value)
      fields.push({ name, value: decoded(text, value, position), position, valuePosition: position });
  };
  add("host", bracketed ?? plain, start);
  add("port", port, text.indexOf(`:${port}`, start + (bracketed ?? plain ?? "").length) + 1);
  const pathPosition = start + whole.length - (path?.length ?? 0);
  if (path !== "/") add("path", path, pathPosition);
  return [...fields, ...queryFields(text, start + whole.length)];
}

function queryFields(text: string, start: number): Field[] {
  if (start === text.length) return [];
  let position = start + 1;
  return text
    .slice(position)
    .split("&")
    .map((raw) => {
      const [, name = "", value = raw] = /^([a-zA-Z]+)=(.*)$/.exec(raw) ?? [];
      const valuePosition = name ? position + name.length + 1 : position;
      const field = { name, value: decoded(text, value, valuePosition), position, valuePosition };
      position += raw.length + 1;
      return field;
    });
}

function decoded(text: string, raw: string, position: number): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    throw new EndpointError(text, position, "it has a % that stands for no byte");
  }
}
