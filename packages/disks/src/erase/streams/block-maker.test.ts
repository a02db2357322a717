import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as fc from "fast-check";
import type { Fill } from "@trofie/contract";
import { afterAll, describe, expect, test } from "vitest";
import { LoopWorkshop, whyNoLoops } from "../../testing/loop-device.ts";
import { blockBytes, blockMaker } from "./block-maker.ts";

const keyHex = "9c".repeat(16) + "27".repeat(16);
const patternOf = (length: number): string =>
  Buffer.from(Array.from({ length }, (_, i) => (i * 97 + 5) % 256)).toString("hex");

const fills: Fill[] = [
  { kind: "random", stream: "chacha8", keyHex },
  { kind: "random", stream: "chacha20", keyHex },
  { kind: "random", stream: "aes-256-ctr", keyHex },
  { kind: "pattern", hex: "00" },
  { kind: "pattern", hex: "924924" },
  ...[2, 7, 96, 255, 256].map((length): Fill => ({ kind: "pattern", hex: patternOf(length) })),
];
const named = fills.map((fill): [string, Fill] => [
  fill.kind === "random" ? fill.stream : `a pattern of ${fill.hex.length / 2} bytes`,
  fill,
]);
const streamed = named.filter(([, { kind }]) => kind === "random");

/** The first bytes of the device under a fill. */
function wholeOf(fill: Fill, sizeBytes: number): Buffer {
  const maker = blockMaker(fill, 1);
  const blocks: Buffer[] = [];
  for (let at = 0; at < sizeBytes; at += blockBytes) {
    blocks.push(Buffer.from(maker.make(at, Math.min(blockBytes, sizeBytes - at), 0)));
  }
  maker.close();
  return Buffer.concat(blocks);
}

describe.each(named)("%s", (_, fill) => {
  test("any part of the device can be made alone", () => {
    const sectors = 4096 + 3;
    const whole = wholeOf(fill, sectors * 512);
    const maker = blockMaker(fill, 3);
    const part = fc.tuple(
      fc.integer({ min: 0, max: sectors - 1 }),
      fc.integer({ min: 1, max: blockBytes }),
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(part, ([sector, length, lane]) => {
        const expected = whole.subarray(sector * 512, sector * 512 + length);
        expect(expected.equals(maker.make(sector * 512, expected.length, lane))).toBe(true);
      }),
      { numRuns: 60 },
    );
    maker.close();
  });

  test("what was made for a lane stays until the next call for that lane", () => {
    const maker = blockMaker(fill, 2);
    const made = maker.make(blockBytes, blockBytes, 0);
    const before = Buffer.from(made);
    maker.make(7 * blockBytes, blockBytes, 1);
    maker.make(512, 1024, 1);
    expect(before.equals(made)).toBe(true);
    maker.close();
  });

  test("it lies at the beginning of a page, wherever it belongs on the device", () => {
    const maker = blockMaker(fill, 2);
    for (const [offset, lane] of [
      [0, 0],
      [512, 1],
      [blockBytes + 1024, 0],
      [2 ** 42 + 512 * 5, 1],
    ] as const) {
      expect(maker.make(offset, 4096, lane).byteOffset % 4096).toBe(0);
    }
    maker.close();
  });

  test("an offset within a sector, and a block that is too long, are refused", () => {
    const maker = blockMaker(fill, 1);
    for (const offset of [-512, 100, 513, 0.5, 2 ** 53])
      expect(() => maker.make(offset, 512, 0)).toThrow(RangeError);
    expect(() => maker.make(0, blockBytes + 1, 0)).toThrow(
      "Cannot make a block of 1048577 bytes: the most is 1048576",
    );
    maker.close();
  });

  test("far out it is what it is by definition", () => {
    const offset = 2 ** 45 + 512 * 3;
    const maker = blockMaker(fill, 1);
    const found = Buffer.from(maker.make(offset, 1024, 0));
    maker.close();
    if (fill.kind === "pattern") {
      const pattern = Buffer.from(fill.hex, "hex");
      expect([...found]).toEqual(Array.from(found, (__, i) => pattern[(offset + i) % pattern.length]));
    } else {
      expect(found.equals(wholeOf(fill, 1024))).toBe(false);
    }
  });
});

test.each(streamed)("%s goes on past a counter of 32 bits as if it began there", (_, fill) => {
  const full = 2 ** 32 * 64; // of ChaCha's blocks, which are the longer ones
  const maker = blockMaker(fill, 2);
  maker.make(full - 4096, 4096, 0);
  const after = Buffer.from(maker.make(full, 4096, 0));
  maker.make(0, 512, 1);
  expect(after.equals(maker.make(full, 4096, 1))).toBe(true);
  maker.close();
});

test.each(streamed)("%s under another key is another stream", (_, fill) => {
  const other = { ...fill, keyHex: keyHex.replace("9c", "9d") } as Fill;
  expect(wholeOf(fill, 4096).equals(wholeOf(other, 4096))).toBe(false);
});

test.each(["", "0", "zz", "0x", "00".repeat(257)])("%j is no pattern", (hex) => {
  expect(() => blockMaker({ kind: "pattern", hex }, 1)).toThrow(RangeError);
});

test("a pattern has one memory for all lanes, smaller than theirs would be", () => {
  const maker = blockMaker({ kind: "pattern", hex: "924924" }, 4);
  const memories = [0, 1, 2, 3].map((i) => maker.make(i * blockBytes, blockBytes, i).buffer);
  expect(new Set(memories).size).toBe(1);
  expect(memories[0]!.byteLength).toBeLessThan(4 * blockBytes);
  maker.close();
});

test("closing a maker gives its memory to the next one", () => {
  const first = blockMaker(fills[0]!, 4);
  const { buffer } = first.make(0, blockBytes, 3);
  first.close();
  const second = blockMaker(fills[2]!, 4);
  expect(second.make(0, blockBytes, 0).buffer).toBe(buffer);
  second.close();
});

test.each(named)("a maker of %s that is closed makes nothing more", (_, fill) => {
  const maker = blockMaker(fill, 1);
  maker.close();
  expect(() => maker.make(0, 512, 0)).toThrow("Cannot use borrowed memory");
});

test("OpenSSL's outputs are freed at once, not when the garbage collector comes", () => {
  const maker = blockMaker(fills[2]!, 1);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 64; i++) maker.make(i * blockBytes, blockBytes, 0);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * blockBytes);
  maker.close();
});

test.each(["aes-256-ctr", "chacha20"] as const)("%s is what the program openssl makes", (stream) => {
  const sizeBytes = 3 * blockBytes + 512;
  const cipher = ["enc", `-${stream}`, "-K", keyHex, "-iv", "0".repeat(32)];
  const { stdout, status } = spawnSync("/usr/bin/openssl", cipher, {
    input: Buffer.alloc(sizeBytes),
    maxBuffer: 2 * sizeBytes,
  });
  expect(status).toBe(0);
  expect(stdout.equals(wholeOf({ kind: "random", stream, keyHex }, sizeBytes))).toBe(true);
});

const why = whyNoLoops();
describe.skipIf(why !== null)(`on a loop device${why === null ? "" : ` (${why})`}`, () => {
  const workshop = new LoopWorkshop();
  afterAll(() => workshop.removeAll());

  test.each(named)("direct I/O takes the blocks of %s", (_, fill) => {
    const device = workshop.attach(workshop.makeFile(2 * blockBytes + 512), "--direct-io=on");
    const fd = fs.openSync(device, fs.constants.O_RDWR | fs.constants.O_EXCL | fs.constants.O_DIRECT);
    const maker = blockMaker(fill, 2);
    const blocks = [
      [0, blockBytes, 0],
      [blockBytes, 512, 1],
      [blockBytes + 512, blockBytes - 512, 0],
      [2 * blockBytes, 512, 1],
    ] as const;
    for (const [offset, lengthBytes, lane] of blocks) {
      expect(fs.writeSync(fd, maker.make(offset, lengthBytes, lane), 0, lengthBytes, offset)).toBe(
        lengthBytes,
      );
    }
    fs.closeSync(fd);
    maker.close();
    expect(fs.readFileSync(device).equals(wholeOf(fill, 2 * blockBytes + 512))).toBe(true);
    workshop.detach(device);
  });
});
