import { expect, test } from "vitest";
import { VirtualClock } from "@trofie/reactor/testing";
import * as z from "zod";
import { command, type Contract } from "./contract.ts";
import { Dispatcher } from "./dispatcher.ts";
import { protocolErrors } from "./errors.ts";
import { MemoryJournal } from "./testing/memory-journal.ts";

const contract = {
  methods: {
    "oven.clean": command({
      input: z.strictObject({}),
      result: z.strictObject({}),
      errors: [],
      role: "viewer",
    }),
  },
  events: {},
} as const satisfies Contract;

const caller = { principal: "baker", role: "admin" } as const;
const cmd = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, "0")}`;

/** A dispatcher whose handler decides when it is let, and how often it did. */
function slowDispatcher() {
  const clock = new VirtualClock();
  const journal = new MemoryJournal();
  const decided = Promise.withResolvers<void>();
  let times = 0;
  const dispatcher = new Dispatcher({
    contract,
    handlers: {
      "oven.clean": async () => {
        await decided.promise;
        return { record: () => ({ times: (times += 1) }) };
      },
    },
    codes: protocolErrors,
    verdicts: journal,
    clock,
    epoch: "e1",
    digest: (method, params) => JSON.stringify([method, params]),
    onInternalError: () => {},
  });
  const call = (n: number) =>
    dispatcher.call("oven.clean", { cmd: cmd(n), epoch: "e1" }, caller).then(
      () => "done",
      ({ code }: { code: string }) => code,
    );
  return { dispatcher, clock, call, decide: decided.resolve, times: () => times };
}

test("of commands that wait for their turn 64 are kept; more are refused, unrecorded, and may be sent again", async () => {
  const { call, decide, times } = slowDispatcher();
  const calls = Array.from({ length: 70 }, (_, n) => call(n));
  decide();
  const outcomes = await Promise.all(calls);
  expect(outcomes.filter((outcome) => outcome === "OVERLOADED")).toHaveLength(6);
  expect(times()).toBe(64);
  expect(await call(69)).toBe("done");
});

test("a copy of a command that is being decided waits for that verdict, and does nothing", async () => {
  const { call, decide, times } = slowDispatcher();
  const both = [call(1), call(1)];
  decide();
  expect(await Promise.all(both)).toEqual(["done", "done"]);
  expect(times()).toBe(1);
});

test("a closed dispatcher refuses commands that wait, unrecorded", async () => {
  const { dispatcher, call, decide, times } = slowDispatcher();
  const calls = [call(1), call(2)];
  await Promise.resolve();
  dispatcher.close();
  decide();
  expect(await Promise.all(calls)).toEqual(["done", "SHUTTING_DOWN"]);
  expect(times()).toBe(1);
});

test("a decision that does not come is waited for for 20 s, then others have their turn; what comes later does nothing", async () => {
  const { clock, call, decide, times } = slowDispatcher();
  const first = call(1);
  const second = call(2);
  await clock.advance(19_999);
  expect(times()).toBe(0);
  await clock.advance(1);
  expect(await first).toBe("UNAVAILABLE");
  decide();
  expect(await second).toBe("done");
  expect(times()).toBe(1);
  expect(await call(1)).toBe("done");
  expect(times()).toBe(2);
});
