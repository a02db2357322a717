/** The one crash of a calm world: its kinds, and how a person writes one down to see it again. */

/** What crashes, and over the edges of which lives its steps are counted. */
export const crashKinds = {
  "kill the station": "machine",
  "power cut": "machine",
  "kill a job": "job",
  "kill a client": "client",
} as const;

/** At which step of a run it comes. */
export interface PlannedCrash {
  readonly step: number;
  readonly how: keyof typeof crashKinds;
}

/** A world in which nothing breaks but this; null: nothing at all. */
export interface Calm {
  readonly crash: PlannedCrash | null;
}

/** As of the command that replays: "none", "kill a job at 17". */
export function crashText({ crash }: Calm): string {
  return crash === null ? "none" : `${crash.how} at ${crash.step}`;
}

/** Throws when it is no such text. */
export function parseCrash(text: string): Calm {
  if (text === "none") return { crash: null };
  const [, how = "", step] = /^(.+) at (\d+)$/.exec(text) ?? [];
  if (!Object.hasOwn(crashKinds, how))
    throw new Error(`Cannot crash by "${text}": it is neither "none" nor like "${example}"`);
  return { crash: { how: how as PlannedCrash["how"], step: Number(step) } };
}

const example = crashText({ crash: { how: "kill a job", step: 17 } });
