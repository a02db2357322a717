/** SHA-256 (FIPS 180-4), at once: what is drawn from a seed is needed before a pass can begin. */
import { createHash } from "node:crypto";

export function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
