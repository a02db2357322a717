import type { Address } from "../address.ts";
import { ProtocolError } from "../errors.ts";
import { proxyAddressesV2 } from "./proxy-header-v2.ts";
import { proxyAddressesV1 } from "./proxy-header-v1.ts";

/** What a load balancer says of a connection before the connection's own bytes. */
export interface ProxyHeader {
  /** Where the connection's own bytes begin. */
  readonly lengthBytes: number;
  /** Who really connected, and to what; undefined when the balancer speaks for itself, or does not know. */
  readonly addresses: ProxyAddresses | undefined;
}

export interface ProxyAddresses {
  readonly source: Address;
  readonly destination: Address;
}

const V1_SIGNATURE = new TextEncoder().encode("PROXY ");
const V2_SIGNATURE = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10);
const V1_MOST_BYTES = 107;
const V2_FIXED_BYTES = 16;
/** Far more than addresses and the extensions in use take; the format would allow 64 KiB. */
const V2_MOST_BYTES = 4096;

/**
 * Reads the header with which a connection begins (W. Tarreau, "The PROXY protocol", versions 1 and 2, HAProxy
 * Technologies). Undefined while it is not all there; throws `ProtocolError` as soon as it cannot become one.
 */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader | undefined {
  if (begins(bytes, V2_SIGNATURE)) return readV2(bytes);
  if (begins(bytes, V1_SIGNATURE)) return readV1(bytes);
  throw new ProtocolError("Cannot read the PROXY header: the connection begins otherwise");
}

/** As far as both go. */
function begins(bytes: Uint8Array, signature: Uint8Array): boolean {
  return signature.every((byte, index) => index >= bytes.length || bytes[index] === byte);
}

function readV1(bytes: Uint8Array): ProxyHeader | undefined {
  const line = bytes.subarray(0, V1_MOST_BYTES);
  const lf = line.indexOf(10);
  if (lf === -1) {
    if (line.length < V1_MOST_BYTES) return undefined;
    throw new ProtocolError(`Cannot read the PROXY header: it is longer than ${V1_MOST_BYTES} bytes`);
  }
  if (line[lf - 1] !== 13) throw new ProtocolError("Cannot read the PROXY header: it does not end in CR LF");
  const text = new TextDecoder("latin1").decode(line.subarray(0, lf - 1));
  return { lengthBytes: lf + 1, addresses: proxyAddressesV1(text) };
}

function readV2(bytes: Uint8Array): ProxyHeader | undefined {
  if (bytes.length < V2_FIXED_BYTES) return undefined;
  const lengthBytes = V2_FIXED_BYTES + bytes[14]! * 256 + bytes[15]!;
  if (lengthBytes > V2_MOST_BYTES) {
    throw new ProtocolError(`Cannot read the PROXY header: it is longer than ${V2_MOST_BYTES} bytes`);
  }
  if (bytes.length < lengthBytes) return undefined;
  return { lengthBytes, addresses: proxyAddressesV2(bytes.subarray(12, lengthBytes)) };
}
