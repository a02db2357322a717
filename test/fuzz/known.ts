/** What both the station under test and whoever talks to it know beforehand. */

import { MemoryJournal } from "@trofie/commands/testing";

/** The journal's epoch. */
export const epochOfFuzz = "e1";

/** The chain's value at an event of that journal. */
export const headOfFuzz = (seq: number): string => new MemoryJournal(epochOfFuzz).headAt(seq);

export const bystanderClient = "00000000-0000-4000-8000-00000000000b";

const known = (n: number): { cmd: string; epoch: string } => ({
  cmd: `01900000-0000-7000-8000-00000000000${n}`,
  epoch: epochOfFuzz,
});

/** The bystander, an operator, has had these carried out before the fuzzing began: method and parameters. */
export const bystanderCommands: readonly (readonly [method: string, params: object])[] = [
  ["job.stop", { job: "/dev/a", ...known(1) }],
  ["job.pause", { job: "/dev/none", ...known(2) }],
];

export const bystanderRole = "operator";
