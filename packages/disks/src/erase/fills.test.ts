import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  fillText,
  overwriteMethods,
  type CustomMethod,
  type ErasePlan,
  type PlannedPass,
} from "@trofie/contract";
import { bytesOfPasses, plannedPasses, resolvePasses, type ResolvedPass } from "./fills.ts";
import { bytesOfReading } from "./sample.ts";

const seedHex = "0123456789abcdef".repeat(4);
const asTheMethodSays = { rounds: 1, blank: false, verify: "last", discard: false } as const;
const bySha256 = (label: string): Buffer =>
  createHash("sha256").update(Buffer.from(seedHex, "hex")).update(label, "utf8").digest();

const own = (...passes: string[]): CustomMethod => ({ title: "Ours", source: "a test", passes });
const methodOf = (id: string) => overwriteMethods[id]!;

type Options = Partial<Parameters<typeof plannedPasses>[1]>;

function planOf(method: Parameters<typeof plannedPasses>[0], options: Options = {}) {
  const all = { ...asTheMethodSays, ...options };
  return {
    ...plannedPasses(method, all),
    rounds: all.rounds,
    stream: "chacha8",
  } as const satisfies Partial<ErasePlan>;
}

/** The passes in short: "00", "random V" (verified), "discard". */
function short(passes: readonly PlannedPass[]): string[] {
  return passes.map((pass) => {
    if (pass.kind !== "overwrite") return pass.kind;
    return pass.verified ? `${pass.write} V` : pass.write;
  });
}

describe("the passes of a plan", () => {
  test.each<[string, Options, string[]]>([
    ["zero", {}, ["00 V"]],
    ["zero", { blank: true }, ["00", "00 V"]],
    ["zero", { rounds: 3 }, ["00", "00", "00 V"]],
    ["random", { blank: true, verify: "all" }, ["random V", "00 V"]],
    ["dod-3", { rounds: 2 }, ["a", "~a", "random", "a", "~a", "random V"]],
    ["dod-3", { discard: true }, ["a", "~a", "random V", "discard"]],
    ["is5-enhanced", { rounds: 2 }, ["00", "ff", "random V", "00", "ff", "random V"]],
    ["is5-enhanced", { blank: true }, ["00", "ff", "random V", "00 V"]],
    ["ops2-nwipe", { blank: true }, ["a", "~a", "b", "~b", "c", "~c", "d", "~d", "random", "00 V"]],
  ])("%s with %j", (id, options, passes) => {
    expect(short(planOf(methodOf(id), options).passes)).toEqual(passes);
  });

  test("a pass that comes after all rounds comes once", () => {
    const { passes } = planOf(methodOf("ops2-nwipe"), { rounds: 2 });
    expect(short(passes).slice(-3)).toEqual(["d", "~d", "random V"]);
    expect(passes).toHaveLength(17);
  });

  test("a method of one's own is verified in its last pass", () => {
    expect(short(planOf(own("a", "~a"), { rounds: 2 }).passes)).toEqual(["a", "~a", "a", "~a V"]);
  });

  test("each round has its own shuffled range", () => {
    expect(planOf(methodOf("gutmann"), { rounds: 2, blank: true }).shuffled).toEqual([
      [4, 31],
      [39, 66],
    ]);
  });
});

/** The cases by which nwipe's counting was tested, one pass of 100 bytes, in our words. */
describe("what an erase does in all", () => {
  const last = { ...methodOf("random"), passes: ["random"] };
  test.each([
    ["a pass, then a blank one that is verified", last, { blank: true }, 300],
    ["two rounds and a blank pass, all verified", last, { rounds: 2, blank: true, verify: "all" }, 600],
    ["a pass, and after all rounds a verified one", { ...last, finally: ["random"] }, {}, 300],
    ["two rounds, verified in each", { ...last, verify: "round" }, { rounds: 2 }, 400],
    [
      "two such rounds and a blank pass, all verified",
      { ...last, verify: "round" },
      { rounds: 2, blank: true, verify: "all" },
      600,
    ],
  ] as const)("%s", (_, method, options, bytes) => {
    expect(bytesOfPasses(planOf(method, options).passes, 100, "full")).toBe(bytes);
  });

  test("a sampled pass counts with what is read of it", () => {
    const sizeBytes = 1e12;
    const { passes } = planOf(methodOf("is5-enhanced"), { rounds: 2 });
    const read = bytesOfReading(sizeBytes, "sampled");
    expect(read).toBeLessThan(sizeBytes / 8);
    expect(bytesOfPasses(passes, sizeBytes, "sampled")).toBe(6 * sizeBytes + 2 * read);
  });

  test("the firmware and discarding count for nothing: how much they do is not known", () => {
    const passes: PlannedPass[] = [{ kind: "firmware", command: "nvme-format" }, { kind: "discard" }];
    expect(bytesOfPasses(passes, 100, "full")).toBe(0);
  });
});

/** "92 49 24" or "random (chacha8), key 1f2e3d4c5b6a7988…" */
function fillLine(pass: ResolvedPass): string {
  if (pass.kind !== "overwrite") return pass.kind;
  const { fill, verified } = pass;
  const key = fill.kind === "random" ? `, key ${fill.keyHex.slice(0, 16)}…` : "";
  return `${fillText(fill)}${key}${verified ? ", verified" : ""}`;
}

describe("what a seed makes of a method", () => {
  test("every method of the table gives the passes that are written down", async () => {
    const methods = Object.entries(overwriteMethods).map(([id, method]) => {
      const lines = resolvePasses(planOf(method), seedHex).map(
        (pass, i) => `${String(i + 1).padStart(4)}  ${fillLine(pass)}`,
      );
      return [id, ...lines].join("\n");
    });
    const text = `The passes of every method, in the order of execution, under the seed ${seedHex}\n\n`;
    await expect(`${text}${methods.join("\n\n")}\n`).toMatchFileSnapshot("fills.golden.txt");
  });

  test("the key of a random pass is SHA-256 of the seed and of the pass's number", () => {
    const keys = resolvePasses(planOf(methodOf("dod-7"), { rounds: 2 }), seedHex).flatMap((pass) =>
      pass.kind === "overwrite" && pass.fill.kind === "random" ? [pass.fill.keyHex] : [],
    );
    expect(keys).toEqual([3, 7, 10, 14].map((number) => bySha256(`key of pass ${number}`).toString("hex")));
  });

  test("a character is one byte for the whole round, and another one in the next", () => {
    const hexes = resolvePasses(planOf(own("a", "b", "~a", "a"), { rounds: 2, blank: true }), seedHex).map(
      (pass) =>
        pass.kind === "overwrite" && pass.fill.kind === "pattern" ? parseInt(pass.fill.hex, 16) : null,
    );
    const drawn = (character: string, round: number) =>
      bySha256(`character ${character} of round ${round}`)[0]!;
    const round = (number: number) => {
      const a = drawn("a", number);
      return [a, drawn("b", number), 0xff - a, a];
    };
    expect(hexes).toEqual([...round(1), ...round(2), 0]);
    expect(new Set(hexes).size).toBe(7);
  });

  test("characters and keys stay with their pass when passes around them change places", () => {
    const plan = {
      ...planOf(own("a", "random", "00", "random", "~a", "ff")),
      shuffled: [[0, 5] as [number, number]],
    };
    const inOrder = resolvePasses({ ...plan, shuffled: [] }, seedHex);
    const shuffled = resolvePasses(plan, seedHex);
    expect(shuffled).not.toEqual(inOrder);
    expect(shuffled.toSorted((a, b) => a.planned - b.planned)).toEqual(inOrder);
  });

  test("a pass that overwrites nothing stays where it is", () => {
    const passes: PlannedPass[] = [{ kind: "firmware", command: "nvme-format" }, { kind: "discard" }];
    expect(resolvePasses({ passes, rounds: 1, shuffled: [], stream: "chacha8" }, seedHex)).toEqual([
      { kind: "firmware", command: "nvme-format", planned: 0 },
      { kind: "discard", planned: 1 },
    ]);
  });

  test("another stream has the same keys", () => {
    const plan = planOf(methodOf("random"));
    const [pass] = resolvePasses({ ...plan, stream: "aes-256-ctr" }, seedHex);
    const keyHex = bySha256("key of pass 1").toString("hex");
    expect(pass).toMatchObject({ fill: { kind: "random", stream: "aes-256-ctr", keyHex } });
  });

  test("what is no seed is refused", () => {
    for (const seed of ["", "0123", "zz".repeat(32), "5E".repeat(32)]) {
      expect(() => resolvePasses(planOf(methodOf("random")), seed)).toThrow("Cannot draw");
    }
  });
});

describe("the order of Gutmann's fixed passes", () => {
  const plan = planOf(methodOf("gutmann"), { rounds: 2 });
  const seeds = Array.from({ length: 2700 }, (_, i) =>
    createHash("sha256").update(`seed ${i}`).digest("hex"),
  );
  const orderOf = (seed: string) => resolvePasses(plan, seed).map(({ planned }) => planned);

  test("moves no pass out of its range, and leaves none out", () => {
    const order = orderOf(seedHex);
    expect(order.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(order.slice(31, 39)).toEqual([31, 32, 33, 34, 35, 36, 37, 38]);
    expect(order.slice(4, 31).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 27 }, (_, i) => i + 4));
    expect(order.slice(66)).toEqual([66, 67, 68, 69]);
  });

  test("is another one in each round, and under each seed", () => {
    const order = orderOf(seedHex);
    expect(order.slice(4, 31)).not.toEqual(order.slice(39, 66).map((planned) => planned - 35));
    expect(new Set(seeds.slice(0, 100).map((seed) => orderOf(seed).join())).size).toBe(100);
  });

  /** Pearson's chi-square of counts that should all be the same. */
  const chiSquare = (counts: readonly number[]): number => {
    const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  };

  test("brings each pass to each place as often as to any other", () => {
    const counts = new Uint32Array(27 * 27);
    for (const seed of seeds) {
      orderOf(seed)
        .slice(4, 31)
        .forEach((planned, place) => counts[(planned - 4) * 27 + place]!++);
    }
    // 26 × 26 degrees of freedom: mean 676, standard deviation 36.8. Both tails, for too even is not random either.
    expect(chiSquare([...counts])).toBeGreaterThan(676 - 3.3 * 36.8);
    expect(chiSquare([...counts])).toBeLessThan(676 + 3.3 * 36.8);
  });

  test("of four passes takes each of the 24 orders as often as any other", () => {
    const four = { ...planOf(own("00", "11", "22", "33", "ff")), shuffled: [[0, 4] as [number, number]] };
    const orders = Map.groupBy(seeds, (seed) =>
      resolvePasses(four, seed)
        .map(({ planned }) => planned)
        .join(),
    );
    expect(orders.size).toBe(24);
    expect(chiSquare([...orders.values()].map(({ length }) => length))).toBeLessThan(49.7); // 23 degrees, 1 in 1000
  });
});
