/**
 * Measures erasing beside the programs that people erase disks with: `npm run bench:erase`, as root. Ends with one line
 * of figures, and with code 1 when a goal is missed. Touches only loop devices that it makes.
 *
 * `--rounds N`, `--size MiB` of each device, `--devices "disk 512,…"`, `--json PATH`, `--write` for
 * docs/performance-of-erasing.md, `--allow-absent` where a peer, or the kernel's limit for slow disks, is not to be had:
 * without it that is a goal missed.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { tableText } from "../figures/table.ts";
import { eightDisksGoals, eightDisksTable, measureEightDisks, type EightDisks } from "./eight-disks.ts";
import { goalsTable, reachedOf, verdictOf, type Reached } from "./goals.ts";
import { machineLine, ratesTable, startLine, writePage } from "./page.ts";
import { measureSideBySide } from "./side-by-side.ts";
import { TestDevices, type TestDevice } from "./test-devices.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    size: { type: "string", default: "2048" },
    devices: { type: "string", default: "disk 512,disk 4096,memory 512,memory 4096" },
    json: { type: "string" },
    write: { type: "boolean", default: false },
    "allow-absent": { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const sizeBytes = Number(values.size) * 2 ** 20;

const { series, absent } = await sideBySide();
const eight = await eightDisks();
const reached = [...reachedOf(series), ...reachedByEight(eight)];
const tables = [goalsTable(reached), ratesTable(series), eightDisksTable(eight)];
const report = [
  machineLine(rounds, sizeBytes),
  startLine(series),
  ...absent.map((name) => `Absent: ${name}`),
  ...tables.map(tableText),
];

console.log(report.join("\n\n"));
if (values.json) writeFileSync(values.json, JSON.stringify({ reached, series, eight }, null, 2));
if (values.write) await writePage(report.join("\n\n"));
const count = (verdict: Reached["verdict"]): number =>
  reached.filter((one) => one.verdict === verdict).length;
const counts = (["moonshot", "realistic", "missed", "absent"] as const).map(
  (word) => `${count(word)} ${word}`,
);
console.log(`\n${reached.length} rows: ${counts.join(", ")}`);
if (count("missed") > 0 || (count("absent") > 0 && !values["allow-absent"])) process.exitCode = 1;

async function sideBySide() {
  const workshop = new TestDevices();
  try {
    const devices = values.devices.split(",").map((name) => attach(workshop, name));
    const small = workshop.attach("disk", 512, 64 * 2 ** 20, "small");
    return await measureSideBySide(devices, small, rounds);
  } finally {
    workshop.removeAll();
  }
}

function attach(workshop: TestDevices, name: string): TestDevice {
  const [medium, sector] = name.split(" ");
  if ((medium !== "disk" && medium !== "memory") || (sector !== "512" && sector !== "4096"))
    throw new Error(`Cannot measure on "${name}": a device is disk or memory, then 512 or 4096`);
  return workshop.attach(medium, sector === "512" ? 512 : 4096, sizeBytes);
}

async function eightDisks(): Promise<EightDisks[]> {
  return [await measureEightDisks("zero", 1024 * 2 ** 20), await measureEightDisks("random", 1024 * 2 ** 20)];
}

function reachedByEight(all: readonly EightDisks[]): Reached[] {
  return all.flatMap((one) =>
    eightDisksGoals(one.method).map(({ of, row, ...rest }) => {
      const goal = { ...rest, row: `${row}, ${one.method}`, values: () => [of(one)] };
      return { goal, value: of(one), verdict: verdictOf(goal, of(one)) };
    }),
  );
}
