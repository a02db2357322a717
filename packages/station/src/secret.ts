import type { Random } from "@trofie/reactor";

/** That many random bytes as text (base64url, RFC 4648 §5), for people to copy and for links. */
export function newSecret(random: Random, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString("base64url");
}

/** A job's seed: 256 bits, from which every random byte, key and order of the job follows. */
export function newSeedHex(random: Random): string {
  return Buffer.from(random.bytes(32)).toString("hex");
}
