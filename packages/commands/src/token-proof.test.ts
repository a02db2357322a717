import { seededRandom } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Client } from "./client.ts";
import { Bakery, type bakeryContract } from "./testing/bakery.ts";
import { answerToProof, newNonce, proveToken } from "./token-proof.ts";

const nonce = "00".repeat(32);

test("what both ends prove is HMAC-SHA256 under the token over both nonces, each end in its own words", () => {
  const own = { bytes: (count: number) => new Uint8Array(count).fill(0xff), number: () => 0 };
  // printf 'trofie client%s%s' $(printf '0%.0s' {1..64}) $(printf 'f%.0s' {1..64}) | openssl dgst -sha256 -hmac secret
  expect(proveToken("secret", own)(nonce)).toEqual({
    auth: {
      nonce: "ff".repeat(32),
      proof: "823b0353f0afa8b19a9c180d672403c2c58acf20ac7d205da3c1b3af0c75cd05",
    },
    answer: "1f01aecb1b8b5967464b33495b74c4a4d03f6a431d9483310c5cf1c0c19eb0c8",
  });
});

test("a station answers the proof of its token and of its nonce alone", () => {
  const { auth, answer } = proveToken("secret", seededRandom(1))(nonce);
  expect(answerToProof("secret", nonce, auth)).toBe(answer);
  expect(answerToProof("another", nonce, auth)).toBeNull();
  expect(answerToProof("secret", newNonce(seededRandom(2)), auth)).toBeNull();
  expect(answerToProof("secret", nonce, { ...auth, nonce })).toBeNull();
});

describe("a client that has a secret to prove", () => {
  let bakery: Bakery;
  let shown: string[];

  beforeEach(async () => {
    bakery = await Bakery.open();
    shown = [];
  });

  afterEach(() => bakery.close());

  const client = (): Client<typeof bakeryContract> =>
    bakery.client({
      auth: (given) => {
        shown.push(given);
        return { auth: { key: "open" }, answer: "the station has it too" };
      },
    });

  test("opens with whoever proves to have it too", async () => {
    bakery.nonce = nonce;
    bakery.proof = "the station has it too";
    expect(await bakery.clock.run(client().command("oven.clean", {}))).toEqual({ times: 1 });
    expect(shown).toEqual([nonce]);
  });

  test.each([undefined, "a guess"])(
    "gives no command to whoever answers with the proof %j, and does not come back",
    async (proof) => {
      bakery.nonce = nonce;
      bakery.proof = proof;
      const cleaning = client().command("oven.clean", {});
      await expect(bakery.clock.run(cleaning)).rejects.toThrow("does not prove to be the station");
      await bakery.clock.advance(10_000);
      expect([bakery.cleanings, bakery.network.links.length]).toEqual([0, 1]);
    },
  );

  test.each([undefined, "", "FF".repeat(32), "00".repeat(31)])(
    "shows nothing to whoever greets with the nonce %j",
    async (given) => {
      bakery.nonce = given;
      const cleaning = client().command("oven.clean", {});
      await expect(bakery.clock.run(cleaning)).rejects.toThrow("does not prove to be the station");
      expect(shown).toEqual([]);
    },
  );
});
