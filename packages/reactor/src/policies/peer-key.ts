import type { Address } from "../address.ts";

/**
 * Who a peer is, for counting: its IPv4 address, the first 64 bits of its IPv6 address (one household has at least
 * that many to itself, RFC 6177), or what kind of address it is, where there is nothing to tell peers apart.
 */
export function peerKey(address: Address): string {
  if (address.kind !== "tcp") return address.kind;
  const host = address.host.replace(/^::ffff:(?=\d+\.)/i, "");
  return host.includes(":") ? `${groupsOf(host).slice(0, 4).join(":")}::/64` : host;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(host: string): string[] {
  const [before = "", after] = host.replace(/%.*$/, "").toLowerCase().split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after ? after.split(":") : [];
  const missing = after === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  return groups.map((group) => group.replace(/^0+(?=.)/, ""));
}
