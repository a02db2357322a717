import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Exit } from "./exit-codes.ts";
import { readMethodFile } from "./method-file.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-method-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, "method.json");
  writeFileSync(path, text);
  return path;
}

test("a method file is read, its bytes with spaces and in capitals or without", async () => {
  const text = JSON.stringify({ title: "Mine", passes: ["00", "92 49 24", "FF", "random", "a", "~a"] });
  expect(await readMethodFile(fileOf(text))).toEqual({
    title: "Mine",
    source: "a method of your own",
    passes: ["00", "924924", "ff", "random", "a", "~a"],
  });
});

test.each([
  ["{", /it is not JSON \(.+\)$/],
  ["7", /: Invalid input: expected object, received number$/],
  ['{"passes":["00"]}', /: title: /],
  ['{"title":"x","passes":[]}', /: passes: /],
  ['{"title":"x","passes":"00"}', /: passes: Invalid input: expected array/],
  [
    '{"title":"x","passes":["00","zz"]}',
    /: pass 2: a pass is bytes in hex, random, a letter, or ~ and a letter$/,
  ],
  [
    String.raw`{"title":"\u001b[2J","passes":["00"]}`,
    /: title: one line of text without control characters$/,
  ],
  [
    String.raw`{"title":"x","source":"a\nb","passes":["00"]}`,
    /: source: one line of text without control characters$/,
  ],
  ['{"title":"x","passes":["0"]}', /: pass 1: a pass is bytes in hex/],
  ['{"title":"x","passes":[0]}', /: pass 1: Invalid input: expected string/],
  ['{"title":"x","passes":["00"],"rounds":3}', /: a method has no "rounds" \(--rounds says it\)$/],
  ['{"title":"x","passes":["00"],"toString":3,"a":1}', /: a method has no "toString"; a method has no "a"$/],
])("the method file %s is refused with what is wrong in it", async (text, sentence) => {
  const path = fileOf(text);
  await expect(readMethodFile(path)).rejects.toThrow(Exit);
  await expect(readMethodFile(path)).rejects.toThrow(sentence);
  await expect(readMethodFile(path)).rejects.toThrow(`Cannot use the method file ${path}: `);
});

test("a method file that is not there, or a folder, is said to be so", async () => {
  const gone = join(folder, "gone.json");
  await expect(readMethodFile(gone)).rejects.toThrow(
    `Cannot read the method file ${gone}: there is no such file`,
  );
  await expect(readMethodFile(folder)).rejects.toThrow(
    `Cannot read the method file ${folder}: it is a folder`,
  );
});
