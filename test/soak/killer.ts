/** Draws who dies, and when. */
import type { Chance } from "../simulation/chance.ts";

/** When a station's life ends: so long after its process was started, or after it said where it listens. */
export interface Doom {
  readonly after: "the start" | "the opening";
  readonly lifeMs: number;
}

const life = { leastMs: 50, mostMs: 700 } as const;

/** Long enough for a job to tell how far it is for certain, which it does every few seconds. */
const longLife = { leastMs: 2_000, mostMs: 6_000 } as const;
const longOneIn = 40;

/** Others are killed while they read what the last one has left. */
const atStartOneIn = 5;

/** `startMs`: how long a station takes to open. */
export function drawDoom(chance: Chance, startMs: number): Doom {
  if (chance.oneIn(longOneIn))
    return { after: "the opening", lifeMs: chance.between(longLife.leastMs, longLife.mostMs) };
  if (chance.oneIn(atStartOneIn))
    return { after: "the start", lifeMs: chance.between(0, Math.round(startMs)) };
  return { after: "the opening", lifeMs: chance.between(life.leastMs, life.mostMs) };
}

export type Blow = "a customer is killed" | "connections are reset";

/** What happens besides in a station's life, and how far into it, from 0 to 1; null: nothing. */
export function drawBlow(chance: Chance): { readonly blow: Blow; readonly at: number } | null {
  const blow = chance.pick([null, null, null, "a customer is killed", "connections are reset"] as const);
  return blow === null ? null : { blow, at: chance.number() };
}
