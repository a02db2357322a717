/** What ours is held to beside its peers, and whether that was reached. */
import { median } from "../figures/rounds.ts";
import { rounded, type Table } from "../figures/table.ts";
import type { OurWork } from "./our-work.ts";
import { ours, type Series } from "./side-by-side.ts";

interface Goal {
  readonly row: string;
  readonly realistic: number;
  readonly moonshot: number;
  readonly better: "more" | "less";
  /** The figure of each round; NaN where a peer is absent. */
  readonly values: (found: Found) => readonly number[];
}

export interface Reached {
  readonly goal: Goal;
  readonly value: number;
  readonly verdict: "moonshot" | "realistic" | "missed" | "absent";
}

/** The measured series, asked for by device, work and peer. */
export class Found {
  readonly #series: readonly Series[];

  constructor(series: readonly Series[]) {
    this.#series = series;
  }

  /** Ours to the fastest of the peers whose names begin so, in each round. */
  ratio(device: string, work: OurWork, peer: string, ourWork = work): number[] {
    const own = this.#rates(device, ourWork, ours)[0] ?? [];
    const theirs = this.#rates(device, work, peer);
    return own.map((rate, round) => rate / Math.max(...theirs.map((rates) => rates[round] ?? 0)));
  }

  /** CPU seconds of our job's process for each GiB, without those that it takes whatever the size. */
  cpuPerGiB(device: string, work: OurWork): number[] {
    const [large] = this.#of(device, work, ours);
    const [small] = this.#of("small", work, ours);
    if (large === undefined || small === undefined) return [];
    const gibibytes = (large.device.sizeBytes - small.device.sizeBytes) / 2 ** 30;
    return large.ours.map(
      ({ cpuSeconds }, round) => (cpuSeconds - (small.ours[round]?.cpuSeconds ?? 0)) / gibibytes,
    );
  }

  /** What the device itself counted as read, to its size, of all work that reads back. */
  leastReadShare(): number[] {
    const own = this.#series.filter(({ peer, work }) => peer === ours && work.endsWith("verify"));
    const shares = own.flatMap(({ samples, device }) =>
      samples.map(({ bytesRead }) => bytesRead / device.sizeBytes),
    );
    return [Math.min(...shares)];
  }

  #rates(device: string, work: OurWork, peer: string): number[][] {
    return this.#of(device, work, peer).map(({ samples }) => samples.map((one) => one.bytesPerSecond));
  }

  #of(device: string, work: OurWork, peer: string): Series[] {
    return this.#series.filter(
      (one) => one.device.name === device && one.work === work && one.peer.startsWith(peer),
    );
  }
}

const more = (
  row: string,
  realistic: number,
  moonshot: number,
  values: (found: Found) => number[],
): Goal => ({ row, realistic, moonshot, better: "more", values });

const less = (
  row: string,
  realistic: number,
  moonshot: number,
  values: (found: Found) => number[],
): Goal => ({ row, realistic, moonshot, better: "less", values });

const disk = "disk 512";
const disk4Kn = "disk 4096";
const memory = "memory 512";
const memory4Kn = "memory 4096";

/** Those devices that are measured, each against the fastest form of the peer in the same round. */
const each = (
  devices: readonly string[],
  row: string,
  realistic: number,
  moonshot: number,
  work: OurWork,
  peer: string,
): Goal[] =>
  devices.map((device) =>
    more(`${row}, ${device}`, realistic, moonshot, (found) => found.ratio(device, work, peer)),
  );

const disks = [disk, disk4Kn];
const all = [disk, disk4Kn, memory, memory4Kn];

export const goals: readonly Goal[] = [
  ...each(all, "zero to fio's best", 0.9, 1, "zero", "fio"),
  ...each(all, "zero to dd's best", 1.2, 1.5, "zero", "dd"),
  ...each(disks, "zero to shred", 1.8, 2.2, "zero", "shred"),
  ...each(disks, "zero to scrub", 1, 1.2, "zero", "scrub"),
  ...each([disk], "zero to nwipe 0.34", 10, 20, "zero", "nwipe"),
  ...each([disk4Kn], "zero to nwipe 0.34", 1.8, 2.5, "zero", "nwipe"),
  ...each(disks, "random to shred", 2, 3, "random", "shred"),
  ...each([disk4Kn], "random to nwipe 0.34 (isaac64)", 2, 3.3, "random", "nwipe"),
  ...disks.map((device) =>
    more(`random to our zero, ${device}`, 0.7, 0.95, (found) => found.ratio(device, "zero", ours, "random")),
  ),
  ...each(all, "zero and verify to scrub verify", 1.05, 1.25, "zero+verify", "scrub"),
  ...each(all, "verify to cmp", 1.3, 1.5, "verify", "cmp"),
  ...each(all, "verify to dd's reading", 1, 1.1, "verify", "dd"),
  ...each(all, "verify to fio's best reading", 0.8, 0.95, "verify", "fio"),
  less("CPU s/GiB, zero", 0.1, 0.04, (found) => found.cpuPerGiB(disk, "zero")),
  less("CPU s/GiB, verify", 0.2, 0.1, (found) => found.cpuPerGiB(disk, "verify")),
  less("CPU s/GiB, random", 0.55, 0.3, (found) => found.cpuPerGiB(disk, "random")),
  more("read from the device itself, the least", 1, 1, (found) => found.leastReadShare()),
];

export function reachedOf(series: readonly Series[]): Reached[] {
  const found = new Found(series);
  return goals.map((goal) => {
    const value = median(goal.values(found));
    return { goal, value, verdict: verdictOf(goal, value) };
  });
}

export function verdictOf({ better, realistic, moonshot }: Goal, value: number): Reached["verdict"] {
  if (!Number.isFinite(value)) return "absent";
  const reaches = (wanted: number): boolean => (better === "more" ? value >= wanted : value <= wanted);
  if (reaches(moonshot)) return "moonshot";
  return reaches(realistic) ? "realistic" : "missed";
}

export function goalsTable(reached: readonly Reached[]): Table {
  return {
    title: "Goals",
    note: "Ratios are of the rates in the same round, the median over the rounds; more than 1: ours is faster.",
    header: ["row", "reached", "", "realistic", "moonshot"],
    rows: reached.map(({ goal, value, verdict }) => {
      const sign = goal.better === "more" ? "≥" : "≤";
      return [goal.row, rounded(value), verdict, `${sign} ${goal.realistic}`, `${sign} ${goal.moonshot}`];
    }),
  };
}
