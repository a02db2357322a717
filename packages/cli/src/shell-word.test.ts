import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

test.each(["sdb", "/dev/disk/by-id/wwn-0x5", "two words", "it's", '$HOME `x` \\ "', "", "a*?[b]", "~", "#"])(
  "a shell reads %j as it was",
  (word) => {
    const shown = execFileSync("sh", ["-c", `printf %s ${shellWord(word)}`], { encoding: "utf8" });
    expect(shown).toBe(word);
  },
);

test("what means nothing to a shell has no quotes", () => {
  expect(shellWord("/dev/sdb")).toBe("/dev/sdb");
});
