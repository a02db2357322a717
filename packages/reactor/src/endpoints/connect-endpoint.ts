import type { Address } from "../address.ts";
import type { TlsClientOptions } from "../tls/tls-options.ts";
import { type Fields, type Grammar, readFields } from "./fields.ts";
import { readPem } from "./pem-files.ts";

/** Where to connect to, and how; `{ address: port.address }` connects to a port. */
export interface ConnectEndpoint {
  readonly address: Address;
  readonly tls?: TlsClientOptions;
  readonly timeoutMs?: number;
  readonly localHost?: string;
}

const TCP = ["host", "port", "timeout", "bindAddress"];
const TLS = [...TCP, "trustRoots", "certificate", "privateKey", "serverName"];
/** `tcp:1234` is a port of this machine; Twisted wants both. */
const byHost = (named: readonly string[]): Grammar => ({
  positional: (count) => (count === 1 ? ["port"] : ["host", "port"]),
  named,
});

const grammars = {
  tcp: byHost(TCP),
  tls: byHost(TLS),
  unix: { positional: () => ["path"], named: ["path", "timeout"], otherNames: { address: "path" } },
} satisfies Record<string, Grammar>;

/**
 * Reads where to connect to: `tcp:example.org:80`, `tcp:host=example.org:port=80:timeout=30`,
 * `tls:example.org:443:trustRoots=/etc/roots`, `unix:/run/x`; and the same as URLs, `tls://example.org:443`.
 */
export function connectEndpoint(text: string): ConnectEndpoint {
  const fields = readFields(text, grammars);
  const timeoutMs = fields.secondsAsMs("timeout");
  const patience = timeoutMs === undefined ? {} : { timeoutMs };
  if (fields.kind === "unix") {
    return { address: { kind: "unix", path: fields.needText("path") }, ...patience };
  }
  const tls = fields.kind === "tls" ? { tls: tlsOptions(fields) } : {};
  return { address: tcpAddress(fields), ...tls, ...localHost(fields), ...patience };
}

function tcpAddress(fields: Fields<string>): Address {
  return { kind: "tcp", host: fields.text("host") ?? "127.0.0.1", port: fields.needNumber("port", 65_535) };
}

function localHost(fields: Fields<string>) {
  const host = fields.text("bindAddress");
  return host === undefined ? {} : { localHost: host };
}

function tlsOptions(fields: Fields<string>): TlsClientOptions {
  const pem = (option: string, ...names: string[]) =>
    fields.text(names[0]!) === undefined ? {} : { [option]: readPem(fields, ...names) };
  const serverName = fields.text("serverName");
  return {
    ...pem("authorities", "trustRoots"),
    ...pem("certificate", "certificate"),
    ...pem("privateKey", fields.text("privateKey") === undefined ? "certificate" : "privateKey"),
    ...(serverName !== undefined && { serverName }),
  };
}
