/** Answers of the real tools, recorded in `../recorded` from drives of the lab and of QEMU. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Executed } from "../../machine/machine.ts";

const folder = join(import.meta.dirname, "../recorded");

/** "$ command line", "exit code N", and the two streams below their headings. */
export function recorded(name: string): Executed {
  const text = readFileSync(join(folder, `${name}.txt`), "utf8");
  const parts = /^\$ .*\nexit code (\d+)\n--- stdout\n([^]*?)--- stderr\n([^]*)$/.exec(text);
  if (parts === null) throw new Error(`Not a recorded answer: ${name}`);
  const [, exitCode, stdout = "", stderr = ""] = parts;
  return { exitCode: Number(exitCode), stdout, stderr };
}
