import { describe, expect, test } from "vitest";
import { PassWord } from "./fill.ts";
import { firmwareErases } from "./firmware-erases.ts";
import {
  eraseMethods,
  findFirmwareErase,
  findOverwrite,
  isEraseMethod,
  overwriteMethods,
  purgeMethod,
} from "./methods.ts";

describe.each(Object.entries(overwriteMethods))(
  "%s",
  (id, { title, passes, finally: last = [], ...method }) => {
    test("has an id for the command line, and passes in words that a plan takes", () => {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const word of [...passes, ...last]) expect(PassWord.safeParse(word).success).toBe(true);
    });

    test("counts its passes in the title as they are", () => {
      const counted = /(\d+) (fixed |random )?pass/.exec(title)?.[1] ?? (/one pass/.test(title) ? "1" : null);
      expect(Number(counted)).toBe(passes.length + last.length);
    });

    test("draws no character after its rounds, and complements only one that it has drawn", () => {
      expect(last.filter((word) => /^~?[a-z]$/.test(word))).toEqual([]);
      for (const word of passes.filter((each) => each.startsWith("~")))
        expect(passes).toContain(word.slice(1));
    });

    test("ends each round with the same pass, whatever order is drawn", () => {
      const [from, to] = method.shuffled ?? [0, 0];
      expect(from).toBeLessThanOrEqual(to);
      expect(to).toBeLessThan(passes.length);
    });

    test("reaches Clear, and no more", () => {
      expect(method.level).toBe("Clear");
    });
  },
);

/** Rows 5 to 31 of the table in the paper, as printed there. */
const paper = `
  01010101 01010101 01010101  0x55            10101010 10101010 10101010  0xAA
  10010010 01001001 00100100  0x92 0x49 0x24  01001001 00100100 10010010  0x49 0x24 0x92
  00100100 10010010 01001001  0x24 0x92 0x49  00000000 00000000 00000000  0x00
  00010001 00010001 00010001  0x11            00100010 00100010 00100010  0x22
  00110011 00110011 00110011  0x33            01000100 01000100 01000100  0x44
  01010101 01010101 01010101  0x55            01100110 01100110 01100110  0x66
  01110111 01110111 01110111  0x77            10001000 10001000 10001000  0x88
  10011001 10011001 10011001  0x99            10101010 10101010 10101010  0xAA
  10111011 10111011 10111011  0xBB            11001100 11001100 11001100  0xCC
  11011101 11011101 11011101  0xDD            11101110 11101110 11101110  0xEE
  11111111 11111111 11111111  0xFF            10010010 01001001 00100100  0x92 0x49 0x24
  01001001 00100100 10010010  0x49 0x24 0x92  00100100 10010010 01001001  0x24 0x92 0x49
  01101101 10110110 11011011  0x6D 0xB6 0xDB  10110110 11011011 01101101  0xB6 0xDB 0x6D
  11011011 01101101 10110110  0xDB 0x6D 0xB6`;

describe("Gutmann's passes", () => {
  const { passes, shuffled } = overwriteMethods["gutmann"]!;

  test("are those of the paper, in bits and in bytes, between four random ones before and after", () => {
    const rows = [...paper.matchAll(/([01]{8}) ([01]{8}) ([01]{8})\s+((?:0x[0-9A-F]{2} ?)+)/g)];
    const inBits = rows.map(([, ...bytes]) => bytes.slice(0, 3).map((byte) => parseInt(byte, 2)));
    const inBytes = rows.map((row) => row[4]!.replaceAll(/0x| /g, "").toLowerCase());
    expect(passes.slice(0, 4)).toEqual(["random", "random", "random", "random"]);
    expect(passes.slice(4, 31)).toEqual(inBytes);
    expect(passes.slice(4, 31).map((hex) => hex.repeat(3).slice(0, 6))).toEqual(
      inBits.map((bytes) => Buffer.from(bytes).toString("hex")),
    );
    expect(passes.slice(31)).toEqual(["random", "random", "random", "random"]);
    expect(shuffled).toEqual([4, 31]);
  });

  test("have each pattern as often as the paper has it", () => {
    const counts = Object.fromEntries(
      [...Map.groupBy(passes, (word) => word)].map(([word, all]) => [word, all.length]),
    );
    const once = ["00", "11", "22", "33", "44", "66", "77", "88", "99", "bb", "cc", "dd", "ee", "ff"];
    expect(counts).toEqual({
      random: 8,
      ...Object.fromEntries(["55", "aa", "924924", "492492", "249249"].map((word) => [word, 2])),
      ...Object.fromEntries([...once, "6db6db", "b6db6d", "db6db6"].map((word) => [word, 1])),
    });
  });
});

test("every id of the three tables is a method, once", () => {
  const ids = [...Object.keys(overwriteMethods), purgeMethod, ...Object.keys(firmwareErases)];
  expect(Object.keys(eraseMethods)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test("every method says what it is and where it comes from, in words that fit a table", () => {
  for (const { title, source, note = "" } of Object.values(eraseMethods)) {
    for (const text of [title, source]) expect(text).toMatch(/^\S.*\S$/);
    expect(title + source + note).not.toMatch(/\||\n|\.$/);
  }
  const titles = Object.values(eraseMethods).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

test.each(["gutman", "toString", "__proto__", "constructor", ""])("%j is no method", (id) => {
  expect(isEraseMethod(id)).toBe(false);
  expect(findOverwrite(id)).toBeUndefined();
  expect(findFirmwareErase(id)).toBeUndefined();
});

test("a method is found by its id in its own table only", () => {
  expect(findOverwrite("zero")).toBe(overwriteMethods["zero"]);
  expect(findOverwrite("nvme-format")).toBeUndefined();
  expect(findFirmwareErase("nvme-format")).toBe(firmwareErases["nvme-format"]);
  expect(findFirmwareErase(purgeMethod)).toBeUndefined();
  expect(isEraseMethod(purgeMethod)).toBe(true);
});
