/**
 * How both ends of a TCP connection prove that they have the token, without showing it: whoever else listens on the port
 * of a station that is down learns nothing with which to come in (RFC 2104; the two directions have their own prefix, so
 * that neither proof can be sent back as the other).
 *
 * It does not bind the connection: who stands between client and station and passes every byte on has the session that
 * they open. Against that there will be TLS.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Random } from "@trofie/reactor";
import type { Params } from "./json-rpc.ts";
import { noncePattern, type Prove } from "./opening.ts";

/** For a client that has the token. */
export function proveToken(token: string, random: Random): Prove {
  return (nonce) => {
    const own = newNonce(random);
    return {
      auth: { nonce: own, proof: proofOf("client", token, nonce, own) },
      answer: proofOf("station", token, nonce, own),
    };
  };
}

/** For a station: its own proof, or null when what was shown for the nonce of its greeting does not prove the token. */
export function answerToProof(token: string, nonce: string, shown: Params): string | null {
  const { nonce: theirs, proof } = shown;
  if (token === "" || typeof proof !== "string" || !noncePattern.test(proof)) return null;
  if (typeof theirs !== "string" || !noncePattern.test(theirs)) return null;
  const expected = proofOf("client", token, nonce, theirs);
  if (!timingSafeEqual(Buffer.from(proof, "hex"), Buffer.from(expected, "hex"))) return null;
  return proofOf("station", token, nonce, theirs);
}

/** 32 random bytes in hex. */
export function newNonce(random: Random): string {
  return Buffer.from(random.bytes(32)).toString("hex");
}

/** HMAC-SHA256 under the token, in hex. Both nonces have one length, so no two pairs of them read alike. */
function proofOf(who: "client" | "station", token: string, nonce: string, clientNonce: string): string {
  return createHmac("sha256", token).update(`trofie ${who}${nonce}${clientNonce}`).digest("hex");
}
