import type { ListenPlace } from "../net.ts";
import type { TlsServerOptions } from "../tls/tls-options.ts";
import { type Fields, type Grammar, readFields } from "./fields.ts";
import { readPem } from "./pem-files.ts";
import { systemdPlace } from "./systemd.ts";

/** Where to listen, and what stands between the network and the protocols there. */
export interface ListenEndpoint {
  readonly place: ListenPlace;
  readonly tls?: TlsServerOptions;
  /** Behind a load balancer that says who the client is (PROXY protocol). */
  readonly isProxied: boolean;
}

const PROXIED = "haproxy:";
const TCP = ["port", "interface", "host", "backlog", "reusePort"];
const TLS = [...TCP, "privateKey", "certKey", "extraCertChain", "clientAuthorities"];
const byPort = (named: readonly string[]): Grammar => ({ positional: () => ["port"], named });

const grammars = {
  tcp: byPort(TCP),
  tls: byPort(TLS),
  ssl: byPort(TLS),
  // Twisted's lock file: a dead program's socket is found without one.
  unix: { positional: () => ["path"], named: ["path", "mode", "lockfile"], otherNames: { address: "path" } },
  systemd: { positional: () => [], named: ["domain", "index"] },
  stdio: { positional: () => [], named: [] },
} satisfies Record<string, Grammar>;

/**
 * Reads where to listen: `tcp:8080:interface=0.0.0.0:backlog=50`, `tls:443:privateKey=key.pem:certKey=cert.pem`
 * (Twisted says `ssl:`, which is read too), `unix:/run/x:mode=660`, `systemd:domain=INET:index=0`, `stdio:`, any of
 * them after `haproxy:`; and the same as URLs, `tcp://0.0.0.0:8080?backlog=50`. TCP is on loopback unless told
 * otherwise. Files are read at once.
 */
export function listenEndpoint(text: string): ListenEndpoint {
  const isProxied = text.startsWith(PROXIED);
  const fields = readFields(text, grammars, isProxied ? PROXIED.length : 0);
  const place = places[fields.kind](fields);
  const isSecured = fields.kind === "tls" || fields.kind === "ssl";
  return { place, isProxied, ...(isSecured && { tls: tlsOptions(fields) }) };
}

const places: Record<keyof typeof grammars, (fields: Fields<string>) => ListenPlace> = {
  tcp: tcpPlace,
  tls: tcpPlace,
  ssl: tcpPlace,
  unix: (fields) => ({
    kind: "unix",
    path: fields.needText("path"),
    mode: fields.octal("mode", 0o777) ?? 0o600,
  }),
  systemd: systemdPlace,
  stdio: () => ({ kind: "stdio" }),
};

function tcpPlace(fields: Fields<string>): ListenPlace {
  const port = fields.needNumber("port", 65_535);
  const host = fields.text("interface") ?? fields.text("host") ?? "127.0.0.1";
  const backlog = fields.number("backlog") ?? 511;
  return { kind: "tcp", host, port, backlog, reusePort: fields.flag("reusePort") ?? false };
}

/** As in Twisted, the certificate may stand in the key's file. */
function tlsOptions(fields: Fields<string>): TlsServerOptions {
  fields.needText("privateKey");
  const certificate = fields.text("certKey") === undefined ? "privateKey" : "certKey";
  return {
    privateKey: readPem(fields, "privateKey"),
    certificate: readPem(fields, certificate, "extraCertChain"),
    ...(fields.text("clientAuthorities") !== undefined && {
      clientAuthorities: readPem(fields, "clientAuthorities"),
    }),
  };
}
