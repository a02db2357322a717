import { expect, test } from "vitest";
import { doubtAbout, formatOf, zstdContentBytes } from "./image-formats.ts";
import { content, packed } from "./testing/image-bench.ts";

const hex = (text: string): Uint8Array => Buffer.from(text, "hex");

test.each([
  ["debian.img", "raw"],
  ["debian.img.gz", "gz"],
  ["debian.IMG.XZ", "xz"],
  ["debian.zst", "zst"],
  ["gz", "raw"],
  ["debian.gz.img", "raw"],
])("%s is %s", (name, format) => {
  expect(formatOf(name)).toBe(format);
});

test.each(["x.gz", "x.xz", "x.zst"])(
  "what its program makes of %s has its first bytes, and is not raw",
  (name) => {
    const bytes = packed(name, content(5000));
    expect(doubtAbout(formatOf(name), bytes)).toBeNull();
    expect(doubtAbout("raw", bytes)).toMatch(/^it is a \w+ archive, and its name does not end in \.\w+$/);
  },
);

test("a disk with a boot sector is raw, and so is one of zeros", () => {
  expect(doubtAbout("raw", hex("fab800108ed0bc00b0b800008ed88ec0fb"))).toBeNull();
  expect(doubtAbout("raw", new Uint8Array(4096))).toBeNull();
});

test.each([
  ["zip", "504b030414000000", "it is a zip archive, and zip is not read here"],
  ["bzip2", "425a683931415926535900", "it is a bzip2 archive, and bzip2 is not read here"],
  [
    "VMDK",
    "4b444d5601000000",
    "it is a VMDK image, and has to be made a raw one first (qemu-img convert -O raw)",
  ],
])("a %s is not raw", (_what, bytes, doubt) => {
  expect(doubtAbout("raw", hex(bytes))).toBe(doubt);
});

test.each([200, 5000, 70_000, 300_000])("a zstd archive of %i bytes states that size", (lengthBytes) => {
  const archive = packed("x.zst", content(lengthBytes));
  expect(zstdContentBytes(archive.subarray(0, 4096), archive.subarray(-4096), archive.length)).toBe(
    lengthBytes,
  );
});

test("one that states more than a number can hold, and one without a size, state nothing", () => {
  const huge = hex(`28b52ffdc000${"ff".repeat(8)}${"00".repeat(8)}`);
  expect(zstdContentBytes(huge, huge, huge.length)).toBeNull();
  const streamed = hex(`28b52ffd0458${"00".repeat(16)}`);
  expect(zstdContentBytes(streamed, streamed, streamed.length)).toBeNull();
});

test("the seekable format has many frames: the first one's size is not the content's", () => {
  const archive = packed("x.zst", content(300_000));
  const seekTable = Buffer.concat([archive, hex("5e2a4d180d00000000000000000000000000b1ea928f")]);
  expect(zstdContentBytes(seekTable.subarray(0, 4096), seekTable.subarray(-22), seekTable.length)).toBeNull();
});
