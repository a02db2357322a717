/** What a pass writes: the words in which methods say it, and the bytes that follow from them for one job. */
import * as z from "zod";

/** The random streams there are; each is keyed for its pass, and any part of it can be made alone. */
export const streams = ["chacha8", "chacha20", "aes-256-ctr"] as const;
export const Stream = z.enum(streams);
export type Stream = z.infer<typeof Stream>;

/**
 * A pass in one word, as a method names it: bytes in hex that are repeated over the device; `random`; or a character
 * ("a"), one random byte drawn for each round, and its complement ("~a").
 */
export const PassWord = z
  .string()
  .regex(
    /^(([0-9a-f]{2}){1,256}|random|~?[a-z])$/,
    "a pass is bytes in hex, random, a letter, or ~ and a letter",
  );
export type PassWord = z.infer<typeof PassWord>;

/**
 * The bytes themselves. `pattern`: byte o of the device is byte o mod length of `hex`. `random`: byte o of the device is
 * byte o of the stream under `keyHex` (256 bits), its counter and nonce starting at 0.
 */
export const Fill = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pattern"), hex: z.string().regex(/^([0-9a-f]{2}){1,256}$/) }),
  z.strictObject({ kind: z.literal("random"), stream: Stream, keyHex: z.string().regex(/^[0-9a-f]{64}$/) }),
]);
export type Fill = z.infer<typeof Fill>;

/** "00", "92 49 24", "random (chacha8)". */
export function fillText(fill: Fill): string {
  return fill.kind === "pattern" ? hexText(fill.hex) : `random (${fill.stream})`;
}

/** A pass before its random bytes are drawn: "00", "92 49 24", "random", "a character", "its complement". */
export function passWordText(word: PassWord): string {
  if (word === "random") return word;
  if (/^[a-z]$/.test(word)) return `character ${word}`;
  return word.startsWith("~") ? `complement of ${word[1]}` : hexText(word);
}

function hexText(hex: string): string {
  return (hex.match(/../g) ?? []).join(" ");
}
