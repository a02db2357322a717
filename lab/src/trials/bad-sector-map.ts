import type { BadSectors, FaultError } from "../fault-disk/faults.ts";
import { Chance } from "./chance.ts";

/** One disk to be erased: its bad sectors, and how it is erased. */
export interface Trial {
  readonly badSectors: readonly BadSectors[];
  readonly method: "zero" | "random";
}

/** Errors that a kernel can give for a bad sector. EINVAL is none: it says that the question was wrong. */
const errors: readonly FaultError[] = [
  "EIO",
  "EIO",
  "EIO",
  "ENOSPC",
  "ENOMEM",
  "ENOTSUP",
  "ESHUTDOWN",
  "EPERM",
];

const failures = ["reads", "writes", "reads and writes"] as const;

/** The trial with this number among those of a seed. Some have no bad sector at all. */
export function drawTrial(seed: string, number: number, sectorCount: number): Trial {
  const chance = new Chance(`${seed} ${number}`);
  const shape = chance.oneOf(["none", "single", "single", "run", "runs", "edges", "many", "block"]);
  return { badSectors: shapes[shape](chance, sectorCount), method: chance.oneOf(["zero", "random"]) };
}

type Shape = (chance: Chance, sectorCount: number) => BadSectors[];

const shapes: Readonly<Record<string, Shape>> & Record<ShapeName, Shape> = {
  none: () => [],
  single: (chance, count) => [bad(chance, chance.below(count), 1, count)],
  run: (chance, count) => [bad(chance, chance.below(count), chance.between(2, 40), count)],
  runs: (chance, count) =>
    several(chance.between(2, 6), () => bad(chance, chance.below(count), chance.between(1, 20), count)),
  edges: (chance, count) => [
    bad(chance, 0, chance.between(1, 3), count),
    bad(chance, count - chance.between(1, 3), 3, count),
  ],
  many: (chance, count) => several(chance.between(10, 60), () => bad(chance, chance.below(count), 1, count)),
  /** Neighbours that fail differently, across a boundary of what is written at once. */
  block: (chance, count) => {
    const middle = Math.floor(count / 2);
    return [
      bad(chance, middle - chance.between(1, 8), chance.between(1, 8), count),
      bad(chance, middle, chance.between(1, 8), count),
    ];
  },
};

type ShapeName = "none" | "single" | "run" | "runs" | "edges" | "many" | "block";

function bad(chance: Chance, first: number, count: number, end: number): BadSectors {
  return {
    first,
    count: Math.min(count, end - first),
    fails: chance.oneOf(failures),
    error: chance.oneOf(errors),
  };
}

function several<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** What each sector is, by what was injected: `w` cannot be written, `r` can only not be read, `.` is good. */
export function injected({ badSectors }: Trial, sectorCount: number): string[] {
  const sectors = Array.from({ length: sectorCount }, () => ".");
  for (const { first, count = 1, fails } of badSectors) {
    for (let sector = first; sector < first + count; sector++) {
      if (fails !== "reads") sectors[sector] = "w";
      else if (sectors[sector] === ".") sectors[sector] = "r";
    }
  }
  return sectors;
}
