import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReceiverName } from "./case.ts";
import { judge, type JudgedCase } from "./compare.ts";
import { Dice } from "./dice.ts";
import { makeCase } from "./make-case.ts";
import { receiverNames } from "./receivers.ts";
import { TwistedProcess } from "./twisted-process.ts";

const path = join(import.meta.dirname, "golden.jsonl");
const CASES_PER_RECEIVER = 150;
const LONGEST_CHARACTERS = 1500;

/** What Twisted said of some hundred cases, once; so that it need not be installed everywhere. */
export function readGolden(): JudgedCase[] {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as JudgedCase);
}

/** Asks Twisted again. The cases are always the same. */
export async function writeGolden(): Promise<void> {
  await using twisted = new TwistedProcess();
  const judged = await judge(twisted, receiverNames.flatMap(goldenCases));
  writeFileSync(path, judged.map((one) => `${JSON.stringify(one)}\n`).join(""));
}

function goldenCases(receiver: ReceiverName) {
  const dice = new Dice(1);
  const cases = Array.from({ length: CASES_PER_RECEIVER }, () => makeCase(dice, [receiver]));
  return cases.filter((one) => JSON.stringify(one).length <= LONGEST_CHARACTERS);
}
