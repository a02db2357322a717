/** What customers of a station want of it, by chance. */
import type { InputOf } from "@trofie/commands";
import { isOutcome, type Job, type StationContract } from "@trofie/contract";
import type { Chance } from "../simulation/chance.ts";

export type EraseWish = InputOf<StationContract["methods"]["erase.plan"]>;

export type Wish =
  | { readonly do: "erase"; readonly erase: EraseWish; readonly mistypes: boolean }
  | { readonly do: "verify"; readonly path: string; readonly job: string }
  | { readonly do: "stop" | "pause" | "resume" | "get"; readonly job: string }
  | { readonly do: "list jobs" | "list devices" };

/** What somebody knows who wants something. */
export interface Known {
  readonly chance: Chance;
  /** By their paths. */
  readonly disks: readonly string[];
  readonly jobs: readonly Job[];
}

/** No more is started while so many jobs are open: they have to come to an end between two kills, or soon after the last. */
const mostOpenJobs = 6;

/** How often each is wanted, of all of them together; and what exactly, or null when it cannot be wanted now. */
const wishes: Readonly<Record<Wish["do"], readonly [weight: number, draw: (known: Known) => Wish | null]>> = {
  erase: [12, (known) => (openOf(known).length < mostOpenJobs ? drawErase(known) : null)],
  verify: [
    1,
    (known) => aboutOne(known, erasedOf(known), ({ id, path }) => ({ do: "verify", path, job: id })),
  ],
  stop: [1, (known) => aboutOne(known, mostlyOpen(known), ({ id }) => ({ do: "stop", job: id }))],
  pause: [3, (known) => aboutOne(known, workingOf(known), ({ id }) => ({ do: "pause", job: id }))],
  resume: [4, (known) => aboutOne(known, waitingOf(known), ({ id }) => ({ do: "resume", job: id }))],
  get: [1, (known) => aboutOne(known, mostlyOpen(known), ({ id }) => ({ do: "get", job: id }))],
  "list jobs": [1, () => ({ do: "list jobs" })],
  "list devices": [1, () => ({ do: "list devices" })],
};

const choices = Object.values(wishes).flatMap(([weight, draw]) => Array.from({ length: weight }, () => draw));

/** Null when just what was drawn cannot be wanted now. */
export function drawWish(known: Known): Wish | null {
  return known.chance.pick(choices)(known);
}

const openOf = ({ jobs }: Known): Job[] => jobs.filter(({ state }) => !isOutcome(state));
const erasedOf = ({ jobs }: Known): Job[] => jobs.filter(({ state }) => state === "erased").slice(-4);
/** The one that will be at work the longest: the others have ended before a pause reaches them. */
const workingOf = ({ jobs }: Known): Job[] =>
  jobs
    .filter(({ state }) => state === "running" || state === "verifying")
    .toSorted((a, b) => b.identity.sizeBytes - a.identity.sizeBytes)
    .slice(0, 1);
const waitingOf = ({ jobs }: Known): Job[] =>
  jobs.filter(({ state }) => state === "paused" || state === "interrupted");
const mostlyOpen = (known: Known): readonly Job[] => (known.chance.oneIn(8) ? known.jobs : openOf(known));

function aboutOne({ chance }: Known, jobs: readonly Job[], make: (job: Job) => Wish): Wish | null {
  return jobs.length === 0 ? null : make(chance.pick(jobs));
}

/** Its last pass is unlike any other: bytes that an earlier erase has left are not taken for its own. */
function drawErase({ chance, disks }: Known): Wish {
  const bytes = hexOf(chance, chance.between(1, 5));
  const stream = chance.pick(["aes-256-ctr", "chacha20"] as const);
  const methods: readonly Omit<EraseWish, "path">[] = [
    { method: "random", stream },
    { method: "random", stream, blank: true, rounds: 2 },
    { method: "dod-3", stream, verify: "all" },
    { method: { title: "Bytes of its own", passes: [bytes] } },
    { method: { title: "Random, then bytes of its own", passes: ["random", bytes] }, stream },
    { method: { title: "Bytes of its own, three times", passes: [bytes] }, rounds: 3, verify: "all" },
  ];
  const erase = { path: chance.pick(disks), ...chance.pick(methods) };
  return { do: "erase", erase, mistypes: chance.oneIn(12) };
}

function hexOf(chance: Chance, count: number): string {
  return Buffer.from(chance.bytes(count)).toString("hex");
}
