/**
 * Erases disks with bad sectors drawn by chance, and compares the error map of each report with what was injected:
 *
 *     npm run lab:bad-sectors -- --maps 200                  so many disks, by a new seed
 *     npm run lab:bad-sectors -- --seed 1a2b --only 17       one of them again
 *
 * Half of the disks have sectors of 512 bytes, half of 4096. Ends with 1 when anything is not as it should be.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import type { JobReport } from "@trofie/contract";
import { FaultLoop } from "./fault-loop/fault-loop.ts";
import { whyNoFaultLoops } from "./requirements.ts";
import { drawTrial, injected, type Trial } from "./trials/bad-sector-map.ts";
import { eraseDirectly, eraseFindings } from "./trials/erase-directly.ts";
import { whatWasWritten } from "./trials/what-was-written.ts";

/** Two blocks of the engine and a piece of a third. */
const sizeBytes = 2 * 2 ** 20 + 24 * 1024;

const { values } = parseArgs({
  options: { maps: { type: "string", default: "100" }, seed: { type: "string" }, only: { type: "string" } },
});
const missing = whyNoFaultLoops();
if (missing) throw new Error(`Cannot make disks with bad sectors: it ${missing}`);
const seed = values.seed ?? randomBytes(4).toString("hex");
const numbers =
  values.only === undefined
    ? Array.from({ length: Number(values.maps) }, (_, number) => number)
    : [Number(values.only)];
process.exitCode = await tryAll();

async function tryAll(): Promise<number> {
  say(`seed ${seed}`);
  const beganAt = performance.now();
  await using loop512 = await FaultLoop.attach({ sizeBytes, sectorBytes: 512 });
  await using loop4096 = await FaultLoop.attach({ sizeBytes, sectorBytes: 4096 });
  const figures = { right: 0, wrong: 0, badSectors: 0, clean: 0 };
  for (const number of numbers) {
    const [loop, sectorBytes] = number % 2 === 0 ? ([loop512, 512] as const) : ([loop4096, 4096] as const);
    const trial = drawTrial(seed, number, sizeBytes / sectorBytes);
    const bad = injected(trial, sizeBytes / sectorBytes).filter((sector) => sector !== ".").length;
    figures.badSectors += bad;
    if (bad === 0) figures.clean++;
    const wrong = await tryOne(loop, sectorBytes, trial);
    if (wrong === null) figures.right++;
    else {
      figures.wrong++;
      say(`map ${number} (${sectorBytes} B sectors, ${trial.method}): ${wrong}`);
      say(`    ${JSON.stringify(trial.badSectors)}`);
      say(`    again: npm run lab:bad-sectors -- --seed ${seed} --only ${number}`);
    }
  }
  const seconds = (performance.now() - beganAt) / 1000;
  say(
    `bad-sectors: ${numbers.length} maps (${figures.clean} without, ${figures.badSectors} bad sectors in the others), ` +
      `${figures.right} right, ${figures.wrong} wrong, ${seconds.toFixed(1)} s, ` +
      `${(numbers.length / seconds).toFixed(1)} maps/s, seed ${seed}`,
  );
  return figures.wrong === 0 && numbers.length > 0 ? 0 : 1;
}

/** What is wrong; null when nothing is. */
async function tryOne({ path, disk }: FaultLoop, sectorBytes: number, trial: Trial): Promise<string | null> {
  await disk.setFaults({});
  await disk.fill("SECRET\n");
  await disk.setFaults({ badSectors: trial.badSectors });
  const report = await eraseDirectly({ path, method: trial.method }).catch((error: Error) => error.message);
  if (typeof report === "string") return report;
  const expected = injected(trial, sizeBytes / sectorBytes);
  return (
    wrongOutcome(report, expected) ??
    wrongMap(report, expected, sectorBytes) ??
    wrongBytes(report, expected, sectorBytes, await disk.peek(0, sizeBytes))
  );
}

function wrongOutcome({ outcome, message }: JobReport, expected: readonly string[]): string | null {
  const right = expected.every((sector) => sector === ".") ? "erased" : "erased-with-errors";
  return outcome === right ? null : `it ended "${outcome}", not "${right}": ${message}`;
}

function wrongMap(report: JobReport, expected: readonly string[], sectorBytes: number): string | null {
  const told = expected.map(() => ".");
  for (const { offset, lengthBytes, fault, exact } of eraseFindings(report).faulty) {
    if (!exact) return `the range at ${offset} is not exact`;
    const letter = { write: "w", read: "r", mismatch: "m" }[fault];
    for (let at = offset; at < offset + lengthBytes; at += sectorBytes) told[at / sectorBytes] = letter;
  }
  const sector = told.findIndex((letter, i) => letter !== expected[i]);
  return sector < 0 ? null : `sector ${sector} is "${expected[sector]}" and was told as "${told[sector]}"`;
}

function wrongBytes(
  report: JobReport,
  expected: readonly string[],
  sectorBytes: number,
  found: Buffer,
): string | null {
  const right = whatWasWritten(eraseFindings(report), sizeBytes);
  const sector = expected.findIndex((letter, i) => {
    if (letter === "w") return false;
    const [from, to] = [i * sectorBytes, (i + 1) * sectorBytes];
    return found.compare(right, from, to, from, to) !== 0;
  });
  return sector < 0 ? null : `sector ${sector} is not as it was said to be written`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
