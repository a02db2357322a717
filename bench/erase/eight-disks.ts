/** Eight disks of 150 MB/s at once, as a station runs them: is each at its limit, and does the station still answer? */
import { spawn, type ChildProcess } from "node:child_process";
import { stat } from "node:fs/promises";
import { linuxDiskHost, type JobProcess } from "@trofie/disks";
import { p99 } from "../figures/rounds.ts";
import { rounded, type Table } from "../figures/table.ts";
import { cpuOfEndedChildren } from "./measure.ts";
import { canThrottle, TestDevices, type TestDevice } from "./test-devices.ts";

const disks = 8;
const limitBytesPerSecond = 150e6;

export interface EightDisks {
  readonly method: string;
  /** All together, to the sum of their limits. */
  readonly share: number;
  readonly cpuPerGiB: number;
  /** Of a job's process: an eighth of what all eight have, which share the program's pages; the most at any time. */
  readonly pssMiB: number;
  /** Of one of them for itself; whoever reads a page of the program first has it alone for a moment. */
  readonly mostPssMiB: number;
  /** Of the process that watches them, in milliseconds. */
  readonly statP99Ms: number;
  readonly timerLagP99Ms: number;
}

/** NaN where the kernel cannot slow a disk down. */
export async function measureEightDisks(method: "zero" | "random", sizeBytes: number): Promise<EightDisks> {
  if (!canThrottle()) return nothingKnown(method);
  const workshop = new TestDevices();
  try {
    const devices = Array.from({ length: disks }, () => workshop.attach("memory", 512, sizeBytes));
    for (const device of devices) workshop.throttle(device, limitBytesPerSecond);
    return await eraseAll(devices, method);
  } finally {
    workshop.removeAll();
  }
}

function nothingKnown(method: string): EightDisks {
  const unknown = Number.NaN;
  return {
    method,
    share: unknown,
    cpuPerGiB: unknown,
    pssMiB: unknown,
    mostPssMiB: unknown,
    statP99Ms: unknown,
    timerLagP99Ms: unknown,
  };
}

async function eraseAll(devices: readonly TestDevice[], method: string): Promise<EightDisks> {
  const jobs = await Promise.all(devices.map((device) => startJob(device, method)));
  const cpuBefore = cpuOfEndedChildren();
  const delays = new Delays();
  const memory = new MemoryOfAll(jobs);
  const startMs = performance.now();
  for (const job of jobs) job.go();
  const ends = await Promise.all(jobs.map(({ ended }) => ended));
  const seconds = (performance.now() - startMs) / 1000;
  const cpuSeconds = cpuOfEndedChildren() - cpuBefore; // before whoever looked at the memory has ended, too
  const { statP99Ms, timerLagP99Ms } = delays.end();
  const { pssMiB, mostPssMiB } = memory.end();
  const bad = ends.find((end) => end.how !== "reported" || end.report.outcome !== "erased");
  if (bad !== undefined) throw new Error(`A disk was not erased: ${JSON.stringify(bad)}`);
  // Written once, read back once.
  const bytes = devices.reduce((sum, { sizeBytes }) => sum + 2 * sizeBytes, 0);
  return {
    method,
    share: bytes / seconds / (disks * limitBytesPerSecond),
    cpuPerGiB: cpuSeconds / (bytes / 2 ** 30),
    pssMiB,
    mostPssMiB,
    statP99Ms,
    timerLagP99Ms,
  };
}

async function startJob({ path }: TestDevice, method: string): Promise<JobProcess> {
  const host = linuxDiskHost();
  const options = {
    rounds: 1,
    blank: false,
    verify: "last",
    reading: "full",
    stream: "chacha8",
    discard: false,
  } as const;
  const plan = await host.plan({ kind: "erase", path, method, ...options });
  const order = { job: `j_${path}`, plan, seedHex: "5e".repeat(32), checkpoint: null };
  return host.start(order, () => {});
}

/**
 * What processes have, looked at all together five times a second, as long as all are there: one that is through leaves the
 * pages that it shares to the others. A shell looks, for a Node.js would share them too, and this one is being measured.
 */
class MemoryOfAll {
  readonly #looker: ChildProcess;
  readonly #count: number;
  #lines = "";

  constructor(jobs: readonly JobProcess[]) {
    const files = jobs.map(({ process: { pid } }) => `/proc/${pid}/smaps_rollup`).join(" ");
    this.#count = jobs.length;
    this.#looker = spawn("sh", ["-c", `while echo && grep -h ^Pss: ${files}; do sleep 0.2; done`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#looker.stdout?.on("data", (text: Buffer) => (this.#lines += text.toString()));
  }

  end(): Pick<EightDisks, "pssMiB" | "mostPssMiB"> {
    this.#looker.kill();
    const looks = this.#lines
      .split("\n\n")
      .map((look) =>
        [...look.matchAll(/^Pss:\s+(\d+) kB/gm)].map(([, kilobytes]) => Number(kilobytes) / 1024),
      )
      .filter(({ length }) => length === this.#count);
    const together = looks.map((each) => each.reduce((sum, one) => sum + one, 0) / this.#count);
    return { pssMiB: Math.max(...together), mostPssMiB: Math.max(...looks.flat()) };
  }
}

/** How late timers and a stat of a file come back in this process, asked for every 10 ms. */
class Delays {
  readonly #stats: number[] = [];
  readonly #lags: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #dueMs = performance.now() + everyMs;

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#lags.push(Math.max(0, now - this.#dueMs));
      this.#dueMs = now + everyMs;
      void stat("/").then(() => this.#stats.push(performance.now() - now));
    }, everyMs);
  }

  end(): Pick<EightDisks, "statP99Ms" | "timerLagP99Ms"> {
    clearInterval(this.#timer);
    return { statP99Ms: p99(this.#stats), timerLagP99Ms: p99(this.#lags) };
  }
}

const everyMs = 10;

/** What must be made costs the CPU time of making it, twice: to write it and to compare it. */
export const eightDisksGoals = (method: string) =>
  [
    {
      row: "8 disks: rate to the sum of their limits",
      better: "more",
      realistic: 0.95,
      moonshot: 0.99,
      of: ({ share }: EightDisks) => share,
    },
    {
      row: "8 disks: CPU s/GiB",
      better: "less",
      realistic: method === "random" ? 0.55 : 0.3,
      moonshot: method === "random" ? 0.3 : 0.1,
      of: ({ cpuPerGiB }: EightDisks) => cpuPerGiB,
    },
    {
      row: "8 disks: MiB of a job's process",
      better: "less",
      realistic: 20,
      moonshot: 16,
      of: ({ pssMiB }: EightDisks) => pssMiB,
    },
    {
      row: "8 disks: fs.stat p99, ms",
      better: "less",
      realistic: 15,
      moonshot: 3,
      of: ({ statP99Ms }: EightDisks) => statP99Ms,
    },
    {
      row: "8 disks: timer lag p99, ms",
      better: "less",
      realistic: 15,
      moonshot: 3,
      of: ({ timerLagP99Ms }: EightDisks) => timerLagP99Ms,
    },
  ] as const;

export function eightDisksTable(all: readonly EightDisks[]): Table {
  return {
    title: "Eight disks of 150 MB/s at once",
    header: [
      "method",
      "of the limit",
      "CPU s/GiB",
      "MiB",
      "most of one",
      "fs.stat p99 ms",
      "timer lag p99 ms",
    ],
    rows: all.map((one) => [
      one.method,
      rounded(one.share),
      rounded(one.cpuPerGiB),
      rounded(one.pssMiB),
      rounded(one.mostPssMiB),
      rounded(one.statP99Ms),
      rounded(one.timerLagP99Ms),
    ]),
  };
}
