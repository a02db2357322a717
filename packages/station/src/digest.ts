import { hash as hashOf } from "node:crypto";
import canonicalize from "canonicalize";

/** SHA-256 over the canonical form (RFC 8785), in hex: equal exactly for equal content. */
export function digestOf(value: unknown): string {
  return hashOf("sha256", canonicalize(value)!);
}
