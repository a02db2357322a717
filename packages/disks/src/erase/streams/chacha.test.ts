import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { chaChaStream } from "./chacha.ts";
import { groupBytes, stateBytes } from "./chacha-module.ts";

const at = 4096;

/** What our stream of so many rounds has from `offset` on. */
function made(key: Uint8Array, rounds: number, offset: number, lengthBytes: number): Buffer {
  const memory = new WebAssembly.Memory({ initial: 2 });
  chaChaStream(memory, key, rounds)(at, lengthBytes, offset);
  return Buffer.from(memory.buffer, at, lengthBytes);
}

const keyOf = (hex: string): Buffer => Buffer.from(hex.padEnd(64, "0"), "hex");
const oddKey = Buffer.from(Array.from({ length: 32 }, (_, i) => (37 * i + 11) % 256));

describe("with 20 rounds", () => {
  /** Appendix A.1 has five; the fifth has a nonce. */
  test.each([
    [
      "1",
      keyOf(""),
      0,
      "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7" +
        "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
    ],
    [
      "2",
      keyOf(""),
      1,
      "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed" +
        "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
    ],
    [
      "3",
      keyOf("00".repeat(31) + "01"),
      1,
      "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a" +
        "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0",
    ],
    [
      "4",
      keyOf("00ff"),
      2,
      "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca" +
        "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096",
    ],
  ])("the block is that of RFC 8439, appendix A.1, test vector %s", (_, key, block, hex) => {
    expect(made(key, 20, 0, groupBytes).toString("hex", 64 * block, 64 * block + 64)).toBe(hex);
  });

  test.each([
    ["the beginning", 0],
    ["a sector", 512],
    ["somewhere", 7_340_032 + 1536],
    ["block 2^32, where the counter's high word begins", 2 ** 38],
    ["32 KiB before it", 2 ** 38 - 32768],
    ["the last bytes that a number can name", 2 ** 53 - 65536],
  ])("the stream is OpenSSL's from %s on", (_, offset) => {
    const counter = Buffer.alloc(16);
    counter.writeBigUInt64LE(BigInt(offset) / 64n);
    const theirs = createCipheriv("chacha20", oddKey, counter).update(Buffer.alloc(65536));
    expect(made(oddKey, 20, offset, 65536).equals(theirs)).toBe(true);
  });
});

describe("with 8 rounds", () => {
  /** The two of the draft that have no nonce: 256 bits of key, blocks 0 and 1. */
  test.each([
    [
      "TC1",
      keyOf(""),
      "3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e" +
        "984ce172b9216f419f445367456d5619314a42a3da86b001387bfdb80e0cfe42" +
        "d2aefa0deaa5c151bf0adb6c01f2a5adc0fd581259f9a2aadcf20f8fd566a26b" +
        "5032ec38bbc5da98ee0c6f568b872a65a08abf251deb21bb4b56e5d8821e68aa",
    ],
    [
      "TC2",
      keyOf("01"),
      "cf5ee9a0494aa9613e05d5ed725b804b12f4a465ee635acc3a311de8740489ea" +
        "289d04f43c7518db56eb4433e498a1238cd8464d3763ddbb9222ee3bd8fae3c8" +
        "b4355a7d93dd8867089ee643558b95754efa2bd1a8a1e2d75bcdb32015542638" +
        "291941feb49965587c4fdfe219cf0ec132a6cd4dc067392e67982fe53278c0b4",
    ],
  ])("the blocks are those of draft-strombergson-chacha-test-vectors-01, %s", (_, key, hex) => {
    expect(made(key, 8, 0, 128).toString("hex")).toBe(hex);
  });

  test.each([0, 512, 2 ** 38 - 1024, 2 ** 38, 2 ** 53 - 4096])(
    "the stream from byte %d on is that of the cipher written down plainly",
    (offset) => {
      expect(made(oddKey, 8, offset, 4096).equals(plainChaCha(oddKey, 8, offset, 4096))).toBe(true);
    },
  );
});

test("the cipher written down plainly is OpenSSL's with 20 rounds", () => {
  const theirs = createCipheriv("chacha20", oddKey, Buffer.alloc(16)).update(Buffer.alloc(4096));
  expect(plainChaCha(oddKey, 20, 0, 4096).equals(theirs)).toBe(true);
});

test("nothing is written but what was asked for, in whole groups of blocks, and the state before it", () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const bytes = new Uint8Array(memory.buffer).fill(0xbe);
  chaChaStream(memory, oddKey, 8)(at, groupBytes + 1, 0);
  expect(bytes.subarray(stateBytes, at).every((byte) => byte === 0xbe)).toBe(true);
  expect(bytes.subarray(at + 2 * groupBytes).every((byte) => byte === 0xbe)).toBe(true);
});

/** RFC 8439 §2.1 to §2.3 word for word, but for Bernstein's counter of two words. */
function plainChaCha(key: Buffer, rounds: number, offset: number, lengthBytes: number): Buffer {
  const blocks = Array.from({ length: lengthBytes / 64 }, (_, i) => plainBlock(key, rounds, offset / 64 + i));
  return Buffer.concat(blocks);
}

function plainBlock(key: Buffer, rounds: number, block: number): Buffer {
  const keyWords = Array.from({ length: 8 }, (_, i) => key.readUInt32LE(4 * i));
  const counter = [block % 2 ** 32, Math.floor(block / 2 ** 32)];
  const start = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...keyWords, ...counter, 0, 0];
  const words = Uint32Array.from(start);
  for (let round = 0; round < rounds; round += 2) {
    for (const column of [0, 1, 2, 3]) quarterRound(words, [column, 4 + column, 8 + column, 12 + column]);
    quarterRound(words, [0, 5, 10, 15]);
    quarterRound(words, [1, 6, 11, 12]);
    quarterRound(words, [2, 7, 8, 13]);
    quarterRound(words, [3, 4, 9, 14]);
  }
  const bytes = Buffer.alloc(64);
  words.forEach((word, i) => bytes.writeUInt32LE((word + start[i]!) % 2 ** 32, 4 * i));
  return bytes;
}

function quarterRound(words: Uint32Array, [a, b, c, d]: readonly [number, number, number, number]): void {
  const step = (sum: number, addend: number, mixed: number, bits: number) => {
    words[sum]! += words[addend]!;
    const word = words[mixed]! ^ words[sum]!;
    words[mixed] = (word << bits) | (word >>> (32 - bits));
  };
  step(a, b, d, 16);
  step(c, d, b, 12);
  step(a, b, d, 8);
  step(c, d, b, 7);
}
