/** A soak: chapter after chapter, until so many stations were killed or something did not hold. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chance } from "../simulation/chance.ts";
import { liveThrough } from "./chapter.ts";
import { Figures } from "./figures.ts";
import type { Program } from "./mortal-station.ts";

export interface SoakOptions {
  readonly kills: number;
  readonly seed: number;
  readonly program: Program;
  /** Told how far it is, after each chapter. */
  readonly progressed?: (figures: Figures) => void;
}

export interface Soaked {
  readonly figures: Figures;
  /** What is left for study when something did not hold; else null. */
  readonly folder: string | null;
}

/** In one state folder; a station's start takes longer the longer its journal is. */
const killsOfChapter = 100;

export async function soak({ kills, seed, program, progressed }: SoakOptions): Promise<Soaked> {
  const figures = new Figures();
  const chance = new Chance(seed);
  const root = mkdtempSync(join(tmpdir(), "trofie-soak-"));
  for (let chapter = 1; figures.kills < kills; chapter += 1) {
    const folder = join(root, String(chapter));
    mkdirSync(folder);
    const count = Math.min(killsOfChapter, kills - figures.kills);
    await liveThrough({ folder, program, seed: chance.word(), kills: count, figures });
    if (figures.breaches.length > 0) return { figures, folder };
    rmSync(folder, { recursive: true });
    progressed?.(figures);
  }
  rmSync(root, { recursive: true });
  return { figures, folder: null };
}
