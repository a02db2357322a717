/** A station that does not know what it once told us, in words; terminal and page share them. */
import type { SnapshotReason } from "./event-pump.ts";

export type StationForgot = Extract<SnapshotReason, "other-journal" | "rolled-back" | "rewritten">;

/** What the station has in place of the journal that was read. */
export const journalInstead: Readonly<Record<StationForgot, string>> = {
  "other-journal": "another journal",
  "rolled-back": "an older copy of its journal",
  rewritten: "a journal that was changed",
};

/** What is so, what it means, and what to do. */
export const stationForgotText: Readonly<Record<StationForgot, string>> = {
  "other-journal":
    "The station has another journal than the one that was read here, and knows nothing of what is in that one. Jobs of before are missing, and one of them may still be at work: look at the disks before anything is started.",
  "rolled-back":
    "The station has an older copy of its journal: it knows less than was read here, as when a backup was put back. Jobs may be missing, and what was done since is not known there: look at the disks, and ask anew for what you still want.",
  rewritten:
    "The station's journal is not the one that was read here: somebody has changed it, or an older copy of it has gone on. Jobs may be missing or other than they were: look at the disks, and trust no report that you have only from there.",
};
