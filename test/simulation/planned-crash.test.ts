import { expect, test } from "vitest";
import { crashKinds, crashText, parseCrash, type Calm, type PlannedCrash } from "./planned-crash.ts";

const all: readonly Calm[] = [
  { crash: null },
  ...Object.keys(crashKinds).map((how) => ({ crash: { how: how as PlannedCrash["how"], step: 120 } })),
];

test("a crash is read as it was written down", () => {
  for (const calm of all) expect(parseCrash(crashText(calm))).toEqual(calm);
});

test.each(["", "kill a job", "kill a job at", "kill a dog at 7", "toString at 7"])(
  "%j is refused",
  (text) => {
    expect(() => parseCrash(text)).toThrow(
      `Cannot crash by "${text}": it is neither "none" nor like "kill a job at 17"`,
    );
  },
);
