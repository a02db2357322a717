/** Identifiers: UUID versions 4 and 7 (RFC 9562 §5.4, §5.7). */
import type { Clock, Random } from "@trofie/reactor";

/** Random only: names a client. */
export function uuid4(random: Random): string {
  return formatUuid(random.bytes(16), 4);
}

/** Starts with the wall clock's milliseconds, so that ids sort by the time they were made. */
export function uuid7(clock: Clock, random: Random): string {
  const bytes = random.bytes(16);
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(
    0,
    (BigInt(Math.trunc(clock.wallMs())) << 16n) | BigInt((bytes[6]! << 8) | bytes[7]!),
  );
  return formatUuid(bytes, 7);
}

/** True for a UUID in lower case; of one version, if that is given. */
export function isUuid(value: unknown, version: "4" | "7" | "any" = "any"): value is string {
  return typeof value === "string" && patterns[version].test(value);
}

const hex = (digits: number): string => `[0-9a-f]{${digits}}`;
const pattern = (version: string): RegExp =>
  new RegExp(`^${hex(8)}-${hex(4)}-${version}${hex(3)}-[89ab]${hex(3)}-${hex(12)}$`);
const patterns = { 4: pattern("4"), 7: pattern("7"), any: pattern("[47]") };

function formatUuid(bytes: Uint8Array, version: number): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let text = "";
  for (const [i, byte] of bytes.entries()) text += `${isAfterDash(i) ? "-" : ""}${digitsOf[byte]}`;
  return text;
}

const isAfterDash = (i: number): boolean => i === 4 || i === 6 || i === 8 || i === 10;
const digitsOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
