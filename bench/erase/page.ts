/** The page of documentation that the bench writes. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { median } from "../figures/rounds.ts";
import { rounded, type Table } from "../figures/table.ts";
import { root } from "../lines/folders.ts";
import type { Series } from "./side-by-side.ts";

const method = `Loop devices with direct I/O, over a file on the machine's disk ("disk") and in memory ("memory"), with sectors of 512
and 4096 bytes. Everybody takes turns on the same device, round by round, in alternating order. The time runs from when
the device has counted a hundredth of its size to its last byte, a flush at the end included, so that nobody's start counts;
the CPU time is that of the whole program, of ours that of the job's process from when it is told to go. Ours is compiled,
and runs as a station runs it. \`zero\` and \`random\` write and flush;
\`verify\` reads back and compares. nwipe 0.34 writes blocks of 512 bytes on devices with such sectors, and reads its
verification from memory: look at the bytes that the device itself has read. The goal of CPU time for
eight random passes is that of one: what is made must be made whatever the disk's rate.`;

const between = `A row's figure differs from run to run by more than most misses: the machine's disk and both of its cores are shared.
What does not change:

- dd with blocks of 4 MiB is itself at four fifths of what fio reaches here, so that not much more than 1.2 times its rate
  is to be had: as far as ours comes near to fio.
- A random pass goes as fast as its stream is made on one core, some 2.5 GB/s. Where the device takes zeros faster than that,
  random falls behind. A second thread would make it twice as fast, and each job's process larger by more than the goal
  for its memory leaves.
- A verification compares every byte. In memory both cores are busy with the loop device's own copying, and what the
  comparison takes is missing there; dd and fio look at nothing.
- A job's process is Node. Of its memory a bare Node.js has 14 MiB, the 5 included that are its share of what all eight have
  in common; the blocks under way take 2; code and objects are the rest. 16 MiB are had while zeros are written.`;

export function ratesTable(series: readonly Series[]): Table {
  return {
    title: "Rates",
    note: "The device's size over the time; medians over the rounds. Read, written: by the device's own counters, to its size.",
    header: ["device, work, program", "MB/s", "CPU s/GiB", "read", "written"],
    rows: series.filter(isNoSmall).map(({ device, work, peer, samples, ours }) => {
      const of = (value: (one: (typeof samples)[number]) => number): number => median(samples.map(value));
      const cpu =
        ours.length > 0 ? median(ours.map(({ cpuSeconds }) => cpuSeconds)) : of((one) => one.cpuSeconds);
      return [
        `${device.name}, ${work}, ${peer}`,
        rounded(of((one) => one.bytesPerSecond) / 1e6),
        rounded(cpu / (device.sizeBytes / 2 ** 30)),
        rounded(of((one) => one.bytesRead) / device.sizeBytes),
        rounded(of((one) => one.bytesWritten) / device.sizeBytes),
      ];
    }),
  };
}

function isNoSmall({ device }: Series): boolean {
  return device.name !== "small";
}

/** What a job's process costs apart from its bytes. */
export function startLine(series: readonly Series[]): string {
  const small = series.filter((one) => !isNoSmall(one)).flatMap(({ ours }) => ours);
  const seconds = rounded(median(small.map(({ cpuSeconds }) => cpuSeconds)));
  return `To check its disk, to begin and to end takes each job ${seconds} CPU seconds, whatever the size; the goals' CPU s/GiB are without them.`;
}

export function machineLine(rounds: number, sizeBytes: number): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Linux ${release()}`;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: ${machine}; Node ${process.version}; ${rounds} rounds on devices of ${sizeBytes / 2 ** 20} MiB.`;
}

export async function writePage(report: string): Promise<void> {
  const path = join(root, "docs/performance-of-erasing.md");
  const page = `# Performance of erasing\n\n<!-- Written by \`npm run bench:erase -- --write\`. -->\n\n${method}\n\n${report}\n\n## What stands between\n\n${between}\n`;
  const options = JSON.parse(readFileSync(join(root, ".prettierrc.json"), "utf8")) as object;
  writeFileSync(path, await format(page, { ...options, parser: "markdown" }));
}
