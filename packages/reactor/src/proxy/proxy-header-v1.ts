import type { TcpAddress } from "../address.ts";
import { ProtocolError } from "../errors.ts";
import type { ProxyAddresses } from "./proxy-header.ts";

/** `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443`, without its end of line. */
export function proxyAddressesV1(line: string): ProxyAddresses | undefined {
  const [, family, ...rest] = line.split(" ");
  if (family === "UNKNOWN") return undefined;
  if (family !== "TCP4" && family !== "TCP6") throw broken(`${JSON.stringify(family)} is no network`);
  const [source = "", destination = "", sourcePort = "", destinationPort = "", ...more] = rest;
  if (more.length > 0) throw broken("something follows its addresses");
  return {
    source: address(family, source, sourcePort),
    destination: address(family, destination, destinationPort),
  };
}

function address(family: "TCP4" | "TCP6", host: string, port: string): TcpAddress {
  const isHost = family === "TCP4" ? isIPv4(host) : isIPv6(host);
  if (!isHost) throw broken(`${JSON.stringify(host)} is no ${family} address`);
  if (!/^(0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65_535) {
    throw broken(`${JSON.stringify(port)} is no port`);
  }
  return { kind: "tcp", host, port: Number(port) };
}

function isIPv4(text: string): boolean {
  return (
    /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text) &&
    text.split(".").every((one) => Number(one) < 256)
  );
}

function isIPv6(text: string): boolean {
  return /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

function broken(why: string): ProtocolError {
  return new ProtocolError(`Cannot read the PROXY header: ${why}`);
}
