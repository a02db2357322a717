import type { Random } from "@trofie/reactor";

/** That many random bytes as text (base64url, RFC 4648 §5), for people to copy and for links. */
export function newSecret(random: Random, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString("base64url");
}
