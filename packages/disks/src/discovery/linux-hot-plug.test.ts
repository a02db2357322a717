/** Real loop devices and a real zram device come and go. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LoopWorkshop, whyNoLoops } from "../testing/loop-device.ts";
import { linuxHotPlug } from "./linux-hot-plug.ts";

const whyNot = whyNoLoops();
const zramControl = "/sys/class/zram-control";
const whyNoZram =
  existsSync(`${zramControl}/hot_add`) && process.getuid?.() === 0 ? null : "needs zram and root";

let watching: AbortController;
let changed: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  watching = new AbortController();
  changed = vi.fn<() => void>();
});
afterEach(() => watching.abort());

/** Ten times of what is promised, to catch only that it never comes. */
async function isTold(change: () => void): Promise<void> {
  await settled();
  changed.mockClear();
  change();
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: 10_000 });
}

/** What was told so far is not to be taken for the next change. Others may attach devices all the time: no longer than that. */
async function settled(): Promise<void> {
  let calls = -1;
  for (let round = 0; round < 3 && calls !== changed.mock.calls.length; round++) {
    calls = changed.mock.calls.length;
    await wait(700);
  }
}

describe.skipIf(whyNot !== null)(`loop devices${whyNot === null ? "" : ` (skipped: ${whyNot})`}`, () => {
  let workshop: LoopWorkshop;

  beforeEach(() => {
    workshop = new LoopWorkshop();
  });
  afterEach(() => workshop.removeAll());

  test("a device that is attached and one that is detached are told, though their nodes were there before", async () => {
    const file = workshop.makeSparseFile(1024 * 1024);
    linuxHotPlug(changed, watching.signal);
    let device = "";
    await isTold(() => (device = workshop.attach(file)));
    await isTold(() => workshop.detach(device));
  });

  test("nothing is told after the end", async () => {
    const file = workshop.makeSparseFile(1024 * 1024);
    linuxHotPlug(changed, watching.signal);
    workshop.attach(file);
    watching.abort();
    const calls = changed.mock.calls.length;
    await wait(1000);
    expect(changed).toHaveBeenCalledTimes(calls);
  });
});

test.skipIf(whyNoZram !== null)(
  `a disk of memory that is added and removed is told${whyNoZram === null ? "" : ` (skipped: ${whyNoZram})`}`,
  async () => {
    linuxHotPlug(changed, watching.signal);
    let number = "";
    await isTold(() => (number = readFileSync(`${zramControl}/hot_add`, "utf8").trim()));
    await isTold(() => writeFileSync(`${zramControl}/hot_remove`, number));
  },
);

test("it keeps no process alive, and one that is over before it begins does nothing", () => {
  const timersBefore = activeTimers();
  watching.abort();
  linuxHotPlug(changed, watching.signal);
  expect(activeTimers()).toBe(timersBefore);
  const second = new AbortController();
  linuxHotPlug(changed, second.signal);
  expect(activeTimers()).toBe(timersBefore);
  second.abort();
});

/** Those that keep the process alive. */
function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
}
