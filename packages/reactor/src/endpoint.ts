import type { Address } from "./address.ts";

/** What an endpoint's string says. Which settings make sense depends on whether one listens or connects. */
export type Endpoint = Address & { readonly settings: EndpointSettings };

interface EndpointSettings {
  readonly backlog?: number;
  readonly timeoutMs?: number;
  readonly mode?: number;
}

/** A string that is no endpoint. `position` counts its characters from 0. */
export class EndpointError extends Error {
  override readonly name = "EndpointError";
  readonly code = "BAD_ENDPOINT";
  readonly position: number;

  constructor(text: string, position: number, why: string) {
    super(`Cannot read endpoint ${JSON.stringify(text)}: ${why}, at character ${position}`);
    this.position = position;
  }
}

/**
 * Reads `tcp:1234`, `tcp:1234:interface=127.0.0.1`, `tcp:host=example.org:port=1234`, `unix:/path:mode=600`
 * (Twisted's grammar: `:` parts the fields, `\` takes away a character's meaning), and the URLs
 * `tcp://host:port` and `unix:///path`.
 */
export function parseEndpoint(text: string): Endpoint {
  return text.includes("://") ? parseUrl(text) : parseFields(text);
}

interface Field {
  readonly name: string;
  readonly value: string;
  readonly position: number;
}

/** The fields' names, in the order in which they may stand without one. */
const POSITIONAL = { tcp: ["port"], unix: ["path"] };
const NAMED = { tcp: ["port", "host", "interface", "backlog", "timeout"], unix: ["path", "mode", "timeout"] };

function parseFields(text: string): Endpoint {
  const [kindField, ...rest] = splitFields(text);
  const kind = kindField?.value;
  if (kind !== "tcp" && kind !== "unix") throw new EndpointError(text, 0, `the kind must be "tcp" or "unix"`);
  const fields = new Map<string, Field>();
  for (const [index, field] of rest.entries()) {
    const name = field.name || POSITIONAL[kind][index];
    if (!name || !NAMED[kind].includes(name)) {
      const what = field.name || field.value;
      throw new EndpointError(text, field.position, `${JSON.stringify(what)} has no meaning for ${kind}`);
    }
    if (fields.has(name)) throw new EndpointError(text, field.position, `${name} is given twice`);
    fields.set(name, field);
  }
  return kind === "tcp" ? tcpEndpoint(text, fields) : unixEndpoint(text, fields);
}

function splitFields(text: string): Field[] {
  const fields: Field[] = [];
  let position = 0;
  for (const match of text.matchAll(/((?:[^:\\]|\\.)*)(:|$)/gsy)) {
    const [whole, raw = "", end] = match;
    const [, name = "", value = ""] = /^(?:([a-zA-Z]+)=)?(.*)$/s.exec(raw) ?? [];
    fields.push({ name, value: value.replaceAll(/\\(.)/gs, "$1"), position });
    position += whole.length;
    if (end === "") break;
  }
  if (position < text.length) throw new EndpointError(text, text.length - 1, `"\\" stands before nothing`);
  return fields;
}

function tcpEndpoint(text: string, fields: Map<string, Field>): Endpoint {
  const port = fields.get("port");
  if (!port) throw new EndpointError(text, text.length, "the port is missing");
  const host = fields.get("host") ?? fields.get("interface");
  return {
    kind: "tcp",
    host: host?.value || "127.0.0.1",
    port: number(text, port, 10, 65_535),
    settings: {
      ...setting(text, fields.get("backlog"), "backlog", 10),
      ...seconds(text, fields.get("timeout")),
    },
  };
}

function unixEndpoint(text: string, fields: Map<string, Field>): Endpoint {
  const path = fields.get("path");
  if (!path?.value) throw new EndpointError(text, text.length, "the path is missing");
  return {
    kind: "unix",
    path: path.value,
    settings: {
      ...setting(text, fields.get("mode"), "mode", 8, 0o777),
      ...seconds(text, fields.get("timeout")),
    },
  };
}

function setting(text: string, field: Field | undefined, name: string, base: 8 | 10, most = 2 ** 31 - 1) {
  return field ? { [name]: number(text, field, base, most) } : {};
}

/** Seconds, as in Twisted's strings; milliseconds everywhere else. */
function seconds(text: string, field: Field | undefined) {
  return field ? { timeoutMs: number(text, field, 10, 86_400) * 1000 } : {};
}

function number(text: string, field: Field, base: 8 | 10, most: number): number {
  const digits = base === 8 ? /^[0-7]+$/ : /^[0-9]+$/;
  const value = digits.test(field.value) ? Number.parseInt(field.value, base) : Number.NaN;
  if (value <= most) return value;
  const upTo = base === 8 ? `octal, up to ${most.toString(8)}` : `a number from 0 to ${most}`;
  const start = field.position + (field.name ? field.name.length + 1 : 0);
  throw new EndpointError(text, start, `${JSON.stringify(field.value)} is not ${upTo}`);
}

function parseUrl(text: string): Endpoint {
  const [, scheme = "", rest = ""] = /^([^:]*):\/\/(.*)$/s.exec(text) ?? [];
  const start = scheme.length + 3;
  if (scheme === "unix") {
    if (!rest.startsWith("/")) throw new EndpointError(text, start, "a unix URL names a path from the root");
    return { kind: "unix", path: decodedPath(text, rest, start), settings: {} };
  }
  if (scheme !== "tcp") throw new EndpointError(text, 0, `the scheme must be "tcp" or "unix"`);
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:/]*)):([^/]*)\/?$/.exec(rest) ?? [];
  const host = bracketed ?? plain;
  if (!host) throw new EndpointError(text, start, "a tcp URL names a host and a port");
  const field = { name: "", value: port ?? "", position: text.lastIndexOf(":") + 1 };
  return { kind: "tcp", host, port: number(text, field, 10, 65_535), settings: {} };
}

function decodedPath(text: string, path: string, position: number): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new EndpointError(text, position, "the path has a % that stands for no byte");
  }
}
