import { describe, expect, it } from "vitest";
import { compare, disagreements } from "./compare.ts";
import { differences } from "./differences.ts";
import { readGolden } from "./golden.ts";
import { traceOfOurs } from "./ours.ts";
import { reactor } from "./reactor-module.ts";
import { receiverNames } from "./receivers.ts";
import { TwistedProcess, twistedVersion } from "./twisted-process.ts";

const CASES = 20_000;
const version = twistedVersion();

describe.skipIf(!version)("beside Twisted's own parsers (skipped where there is no python3-twisted)", () => {
  it(`ours say the same of ${CASES} random streams, cut at random`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    console.log(`Twisted ${version}: npm run oracle -- --cases ${CASES} --seed ${seed}`);
    const comparison = await compare({ reactor, receivers: receiverNames, cases: CASES, seed });
    expect(comparison.differences.slice(0, 3)).toEqual([]);
  });

  it("Twisted's do what the list of differences says of them", async () => {
    await using twisted = new TwistedProcess();
    for (const { name, vectors } of differences) {
      const traces = await twisted.tracesOf(vectors.map((vector) => vector.case));
      expect(traces, name).toEqual(vectors.map((vector) => vector.twisted));
    }
  });
});

describe("what Twisted once said", () => {
  const golden = readGolden();

  it.each(receiverNames)("%s says the same", async (receiver) => {
    const judged = golden.filter((one) => one.case.receiver === receiver);
    const ours = await Promise.all(judged.map((one) => traceOfOurs(reactor, one.case)));
    expect(judged.length).toBeGreaterThan(100);
    expect(disagreements(judged, ours)).toEqual([]);
  });

  it.each(differences)("differs: $name", async ({ vectors }) => {
    for (const vector of vectors) expect(await traceOfOurs(reactor, vector.case)).toEqual(vector.ours);
  });
});
