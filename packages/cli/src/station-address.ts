/** Addresses of stations as users write them: `unix:PATH` or `tcp:HOST:PORT`. */
import { readFileSync } from "node:fs";
import { BlockList, isIPv6 } from "node:net";
import { join } from "node:path";
import type { ClientOptions } from "@trofie/commands";
import { proveToken } from "@trofie/commands/token-proof";
import { defaultPaths, tcpAddressFile, tokenFile, type StationContract } from "@trofie/contract";
import { systemRandom } from "@trofie/reactor";
import { Exit } from "./exit-codes.ts";

export const paths = defaultPaths(process.env, process.getuid?.() === 0);

/** `--station`, else `TROFIE_STATION`, else the default socket. */
export function stationAddress(given: string | undefined): string {
  return given ?? (process.env.TROFIE_STATION || `unix:${paths.socket}`);
}

/** The same for a reactor. Throws an `Exit` for what is no address, and for what is not on this machine. */
export function endpointOf(address: string): string {
  const tcp = tcpOf(address);
  if (tcp) return `tcp:host=${escaped(tcp.host)}:port=${tcp.port}`;
  if (/^unix:./.test(address)) return `unix:${escaped(address.slice("unix:".length))}`;
  throw new Exit("usage", `Cannot use the station address ${address}: write unix:PATH or tcp:HOST:PORT`);
}

/**
 * What is proved at the door: that we have the token, which is never shown. The one in the state folder of this machine is
 * for where its station says that it listens; for any other address `TROFIE_TOKEN` gives it. Without one nothing is shown,
 * and whoever listens says that it is missing.
 */
export function authFor(address: string): NonNullable<ClientOptions<StationContract>["auth"]> {
  const tcp = tcpOf(address);
  if (!tcp) return {};
  const token = process.env.TROFIE_TOKEN || tokenOfStationAt(`${tcp.host}:${tcp.port}`);
  return token === "" ? {} : proveToken(token, systemRandom);
}

function tokenOfStationAt(address: string): string {
  return textOf(tcpAddressFile) === address ? textOf(tokenFile) : "";
}

/** Empty when there is no such file in the state folder, or it is not ours to read. */
function textOf(file: string): string {
  try {
    return readFileSync(join(paths.state, file), "utf8").trim();
  } catch {
    return "";
  }
}

/** Null for another kind of address. What crosses a network needs TLS, which stations do not have yet. */
function tcpOf(address: string): { readonly host: string; readonly port: string } | null {
  const [, written, port] = /^tcp:(.+):(\d+)$/.exec(address) ?? [];
  if (written === undefined || port === undefined) return null;
  const host = written === "localhost" ? "127.0.0.1" : written.replace(/^\[(.+)\]$/, "$1");
  if (loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4")) return { host, port };
  throw new Exit(
    "usage",
    `Cannot use the station address ${address}: ${written} is beyond this machine, and there is no TLS yet`,
  );
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Colons and backslashes mean something in a reactor's endpoint. */
function escaped(text: string): string {
  return text.replace(/([:\\])/g, "\\$1");
}
