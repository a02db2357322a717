/** A short soak, another one each time. */
import { expect, test } from "vitest";
import { soak } from "./soak.ts";

const seed = Number(process.env.SOAK_SEED ?? 1 + Math.floor(Math.random() * 2 ** 31));

test(`a station that is killed ten times loses nothing, does nothing twice and spoils nothing (seed ${seed})`, async () => {
  const { figures, folder } = await soak({ kills: 10, seed, program: "source" });
  expect({ breaches: figures.breaches, left: folder }).toEqual({ breaches: [], left: null });
  expect(figures.kills).toBe(10);
  expect(figures.commands).toBeGreaterThan(0);
});
