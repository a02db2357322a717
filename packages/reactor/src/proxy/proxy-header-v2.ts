import type { Address } from "../address.ts";
import { ProtocolError } from "../errors.ts";
import type { ProxyAddresses } from "./proxy-header.ts";

const VERSION = 0x20;
const LOCAL = 0;
const PROXY = 1;
/** How many bytes one address takes, by family. Ports follow both addresses, but not for UNIX sockets. */
const ADDRESS_BYTES: Record<number, number> = { 1: 4, 2: 16, 3: 108 };
const FIXED_BYTES = 4;

/** The header after its signature: version and command, family and transport, length, addresses, and more. */
export function proxyAddressesV2(header: Uint8Array): ProxyAddresses | undefined {
  const [versionAndCommand = 0, familyAndTransport = 0] = header;
  const command = versionAndCommand & 0x0f;
  if ((versionAndCommand & 0xf0) !== VERSION || command > PROXY) {
    throw broken("its version or command is unknown");
  }
  const family = familyAndTransport >> 4;
  const transport = familyAndTransport & 0x0f;
  if (family > 3 || transport > 2) throw broken("its network is unknown");
  if (command === LOCAL || family === 0 || transport === 0) return undefined;
  const length = ADDRESS_BYTES[family]!;
  const ports = FIXED_BYTES + 2 * length;
  if (header.length < ports + (family === 3 ? 0 : 4)) throw broken("its addresses are incomplete");
  const addressAt = (index: 0 | 1) => {
    const host = header.subarray(FIXED_BYTES + index * length, FIXED_BYTES + (index + 1) * length);
    const port = header[ports + 2 * index]! * 256 + header[ports + 2 * index + 1]!;
    return address(family, host, port);
  };
  return { source: addressAt(0), destination: addressAt(1) };
}

function address(family: number, host: Uint8Array, port: number): Address {
  if (family === 1) return { kind: "tcp", host: host.join("."), port };
  if (family === 2) return { kind: "tcp", host: ipv6(host), port };
  const end = host.indexOf(0);
  return { kind: "unix", path: new TextDecoder().decode(end === -1 ? host : host.subarray(0, end)) };
}

/** In its canonical form (RFC 5952), as the rest of the world writes it. */
function ipv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    (bytes[2 * at]! * 256 + bytes[2 * at + 1]!).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

function broken(why: string): ProtocolError {
  return new ProtocolError(`Cannot read the PROXY header: ${why}`);
}
