/** Disks become images, and images become disks again. */
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "@trofie/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Workplace } from "./steps/station-process.ts";

const MiB = 1024 * 1024;

let place: Workplace;

beforeAll(async () => {
  place = new Workplace();
  await place.start();
});

afterAll(() => place[Symbol.asyncDispose]());

const sha256Of = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** A disk of which no two places are alike. */
function variedDisk(name: string, sizeBytes: number): string {
  const path = place.practiceDisk(name, sizeBytes);
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  writeFileSync(path, bytes);
  return path;
}

const writeImage = (image: string, disk: string, ...more: string[]): Promise<Job> =>
  place.doWork("image", "write", image, disk, "--confirm", disk, ...more);

test.each([
  ["whole.img", "raw"],
  ["whole.img.gz", "gz"],
  ["whole.img.xz", "xz"],
  ["whole.img.zst", "zst"],
])("a disk that is read into %s, and written to another disk, is the same there", async (image, format) => {
  const source = variedDisk("source", 6 * MiB);
  const target = place.practiceDisk("target", 6 * MiB);
  const sha256 = sha256Of(source);
  const read = await place.doWork("image", "read", "source", image);
  expect(read).toMatchObject({
    kind: "image-read",
    state: "done",
    report: { findings: { kind: "image-read", contentBytes: 6 * MiB, sha256 } },
  });
  const { stdout } = await place.trofie("images");
  expect(stdout).toMatch(new RegExp(`^${image} +${format} `, "m"));
  expect((await place.trofie("image", "list")).stdout).toBe(stdout);

  const written = await writeImage(image, "target", "--sha256", sha256.toUpperCase());
  expect(written).toMatchObject({
    kind: "image-write",
    state: "done",
    report: { findings: { contentBytes: 6 * MiB, sha256, readBack: true } },
  });
  expect(sha256Of(target)).toBe(sha256);
  expect((await place.trofie("job", written.id)).stdout).toContain(sha256);
});

test("a packed image is what everybody's programs can unpack", async () => {
  const source = variedDisk("packed", 3 * MiB);
  for (const [ending, program] of [
    ["gz", "gzip"],
    ["xz", "xz"],
  ] as const) {
    await place.doWork("image", "read", "packed", `packed.${ending}`);
    const unpacked = execFileSync(program, ["-dc", join(place.images, `packed.${ending}`)], {
      maxBuffer: 64 * MiB,
    });
    expect(unpacked.equals(readFileSync(source))).toBe(true);
  }
});

test("the plan of an image shows it, what is lost, and asks for the word", async () => {
  variedDisk("planned", MiB);
  await place.doWork("image", "read", "planned", "planned.img");
  const path = place.practiceDisk("target", 2 * MiB);
  const { code, stdout, stderr } = await place.trofie("image", "write", "planned.img", "target");
  expect(code).toBe(2);
  expect(stdout).toContain(`Write planned.img to ${path}\n`);
  expect(stdout).toMatch(/image +1\.05 MB\n/);
  expect(stderr).toContain("there is no terminal (give it with --confirm)");
  expect(readFileSync(path).every((byte) => byte === 0xbe)).toBe(true);
});

test("an image whose content is another one than was promised is never called done", async () => {
  variedDisk("promised", MiB);
  await place.doWork("image", "read", "promised", "promised.img.gz");
  place.practiceDisk("target", MiB);
  const args = ["image", "write", "promised.img.gz", "target", "--confirm", "target", "--wait"];
  const { code, stdout } = await place.trofie(...args, "--sha256", "0".repeat(64));
  expect(stdout).toMatch(/target: failed\. /);
  expect(code).toBe(1);
});

test("an image that is larger than the disk, or is not of its format, is refused or fails, and says so", async () => {
  variedDisk("large", 2 * MiB);
  await place.doWork("image", "read", "large", "large.img");
  const path = place.practiceDisk("tiny", MiB);
  const refused = await place.trofie("image", "write", "large.img", "tiny", "--confirm", "tiny", "--json");
  expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "IMAGE_UNUSABLE" } });
  expect(readFileSync(path).every((byte) => byte === 0xbe)).toBe(true);
  writeFileSync(join(place.images, "false.img.gz"), "this is no gzip");
  const args = ["image", "write", "false.img.gz", "tiny", "--confirm", "tiny", "--wait"];
  const { code, stdout, stderr } = await place.trofie(...args);
  expect([1, 4]).toContain(code);
  expect(`${stdout}${stderr}`).toMatch(/gzip|format|unpack/i);
});

test.each([
  [["image", "write", "none.img", "any", "--confirm", "any"], "IMAGE_NOT_FOUND"],
  [["image", "read", "any", "there.img"], "IMAGE_EXISTS"],
  [["image", "read", "none", "new.img"], "DEVICE_NOT_FOUND"],
])("trofie %j is refused with %s", async (args, word) => {
  place.practiceDisk("any", MiB);
  writeFileSync(join(place.images, "there.img"), "there");
  const { code, stderr } = await place.trofie(...args, "--json");
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: word } });
  expect(code).toBe(4);
  expect(readFileSync(join(place.images, "there.img"), "utf8")).toBe("there");
});

test.each(["../state/token", "/etc/hostname", ".hidden", ""])(
  "no image is looked for, or made, at %j",
  async (image) => {
    place.practiceDisk("any", MiB);
    const read = await place.trofie("image", "read", "any", image);
    const written = await place.trofie("image", "write", image, "any", "--confirm", "any");
    expect([read.code, written.code]).toEqual([4, 4]);
    expect(read.stderr).toContain("an image is a file's name in the station's folder of images");
    expect(existsSync(join(place.folder, "hidden"))).toBe(false);
  },
);

test("a station without a folder of images says so", async () => {
  await using bare = new Workplace({ hasImages: false });
  bare.practiceDisk("any", MiB);
  await bare.start();
  for (const args of [["images"], ["image", "read", "any", "x.img"]]) {
    const { code, stderr } = await bare.trofie(...args, "--json");
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "NO_IMAGES" } });
    expect(code).toBe(4);
  }
});

test("a hash that is none is refused on the command line", async () => {
  const { code, stderr } = await place.trofie("image", "write", "a.img", "b", "--sha256", "abc");
  expect(stderr).toContain("A SHA-256 has 64 digits of hex");
  expect(code).toBe(2);
});
