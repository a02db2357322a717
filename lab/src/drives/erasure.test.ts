import { expect, test } from "vitest";
import { Media } from "../fault-disk/media.ts";
import { Erasure } from "./erasure.ts";

function erasureByHand() {
  const media = new Media(65536);
  media.fill(1);
  const erasure = new Erasure(media);
  erasure.pace = "by hand";
  return { media, erasure };
}

const kind = { name: "sanitize", afterPowerLoss: "resumes" } as const;

test("an erase goes as far as it is let, and erases when it ends", async () => {
  const { media, erasure } = erasureByHand();
  const ended = erasure.run(kind);
  await erasure.begun;
  erasure.advanceTo(0.4);
  expect([erasure.running, erasure.progress, media.countOthers(1)]).toEqual(["sanitize", 0.4, 0]);
  erasure.finish();
  expect(await ended).toBe("completed");
  expect([erasure.running, media.countOthers(0)]).toEqual([null, 0]);
});

test("an erase that fails has erased the first half", async () => {
  const { media, erasure } = erasureByHand();
  erasure.fate = "fails";
  const ended = erasure.run({ ...kind, byte: 0x5a });
  erasure.finish();
  expect(await ended).toBe("failed");
  expect(media.countOthers(0x5a)).toBe(32768);
});

test("an erase that lies says that it is complete, and everything is as before", async () => {
  const { media, erasure } = erasureByHand();
  erasure.fate = "lies";
  const ended = erasure.run(kind);
  erasure.finish();
  expect(await ended).toBe("completed");
  expect(media.countOthers(1)).toBe(0);
});

test("after a loss of power a sanitize goes on, and anything else is forgotten", () => {
  for (const [afterPowerLoss, running] of [
    ["resumes", "erase"],
    ["is lost", null],
  ] as const) {
    const { erasure } = erasureByHand();
    void erasure.run({ name: "erase", afterPowerLoss });
    erasure.powerOff();
    erasure.powerOn();
    expect(erasure.running).toBe(running);
  }
});

test("an erase with a duration ends by itself", async () => {
  const { media, erasure } = erasureByHand();
  erasure.pace = { durationMs: 1 };
  expect(await erasure.run(kind)).toBe("completed");
  expect(media.countOthers(0)).toBe(0);
});
