import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diskHostOf } from "./disk-folders.ts";
import { StartError } from "./start-error.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-folders-"));
  mkdirSync(join(folder, "state"));
  mkdirSync(join(folder, "practice"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (practice: string | null, images: string | null): unknown =>
  diskHostOf({
    state: join(folder, "state"),
    practice: practice && join(folder, practice),
    images: images && join(folder, images),
  });

describe("the folder of images", () => {
  test("is made where it is missing, for its owner alone", () => {
    open("practice", "a/images");
    expect(statSync(join(folder, "a/images")).mode & 0o777).toBe(0o700);
  });

  test("that is the practice folder is refused, whatever its name", () => {
    symlinkSync(join(folder, "practice"), join(folder, "link"));
    for (const images of ["practice", "link"]) {
      expect(() => open("practice", images)).toThrow(StartError);
      expect(() => open("practice", images)).toThrow(/it is the folder of practice disks/);
    }
  });

  test("that is the state folder is refused", () => {
    expect(() => open(null, "state")).toThrow(StartError);
    expect(() => open(null, "state")).toThrow(/it is the station's state folder/);
  });

  test("that cannot be made, or is none, is refused in words", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => open(null, "file/images")).toThrow(/a part of the path is a file/);
    expect(() => open(null, "file")).toThrow(/Cannot keep images in .+: it is a file/);
  });
});

test("a practice folder that is not there is refused, and not made", () => {
  expect(() => open("none", null)).toThrow(/there is no such folder/);
  expect(existsSync(join(folder, "none"))).toBe(false);
});
