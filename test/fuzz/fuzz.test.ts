/** A short fuzzing with a new seed each time, and proof that the fuzzer finds what it is for. */
import { describe, expect, test } from "vitest";
import type { Breach } from "./breach.ts";
import { runCampaign } from "./campaign.ts";
import { Chance } from "./chance.ts";
import { Fuzzer, type FuzzerOptions } from "./fuzzer.ts";
import { fuzzInput, inputOf, textOf, wordOf, type FuzzInput } from "./fuzz-input.ts";
import { seededFaults } from "./seeded-faults.ts";

async function executeAlone(input: FuzzInput, options: FuzzerOptions = {}): Promise<Breach | null> {
  using fuzzer = new Fuzzer(options);
  return await fuzzer.execute(input);
}

const seed = 1 + Math.floor(Math.random() * 2 ** 31);

test(`neither end is broken by what the other one says (seed ${seed})`, async () => {
  const { execs, crashes, hangs, findings } = await runCampaign({ seed, execs: 4_000 });
  for (const { execution, breach, shortest } of findings)
    console.error(
      `execution ${execution} of seed ${seed}: ${breach.message}\n${textOf(shortest)}\nAgain: npm run fuzz -- --replay ${wordOf(shortest)}`,
    );
  expect({ execs, crashes, hangs }).toEqual({ execs: 4_000, crashes: 0, hangs: 0 });
});

test("the same seed makes the same executions", async () => {
  const meet = async (): Promise<string[]> => {
    const met: string[] = [];
    await runCampaign({ seed: 7, execs: 500, met: (what) => met.push(what) });
    return met;
  };
  expect(await meet()).toEqual(await meet());
});

test("every answer, every refusal and every goodbye of the protocol is met", async () => {
  const met = new Set<string>();
  await runCampaign({ seed: 1, execs: 6_000, met: (what) => met.add(what) });
  const codes = [
    "PARSE_ERROR",
    "INVALID_REQUEST",
    "UNKNOWN_METHOD",
    "INVALID_PARAMS",
    "INTERNAL",
    "NOT_OPEN",
  ];
  const more = ["DENIED", "VERSION", "AUTH_FAILED", "COMMAND_ID_REUSED", "EPOCH_CHANGED", "UNAVAILABLE"];
  const goodbyes = [
    "protocol",
    "line-too-long",
    "version",
    "auth-failed",
    "auth-timeout",
    "idle",
    "replaced",
  ];
  const others = ["answered", "accepted", "replayed", "event", "progress", "snapshot.begin", "snapshot.end"];
  const clients = ["client connected", "client stopped"];
  const wanted = [...codes, ...more, ...goodbyes.map((reason) => `goodbye ${reason}`), ...others, ...clients];
  expect(wanted.filter((what) => !met.has(what))).toEqual([]);
});

test("an input is the same after it was written down", () => {
  for (let execution = 0; execution < 200; execution += 1) {
    const input = fuzzInput(Chance.of(3, execution), "both");
    expect(textOf(inputOf(wordOf(input)))).toBe(textOf(input));
  }
});

describe("the fuzzer finds that", () => {
  test.each(Object.entries(seededFaults))("%s", async (_, fault) => {
    const end = fault.clientFault ? "client" : "station";
    const outcome = await runCampaign({ seed: 11, execs: 20_000, end, mostFindings: 1, ...fault });
    expect(outcome.crashes + outcome.hangs).toBeGreaterThan(0);
    const [{ shortest, breaksAlone }] = outcome.findings as [(typeof outcome.findings)[number]];
    expect(breaksAlone).toBe(true);
    expect(await executeAlone(inputOf(wordOf(shortest)), fault)).not.toBeNull();
    expect(await executeAlone(shortest)).toBeNull();
  });
});
