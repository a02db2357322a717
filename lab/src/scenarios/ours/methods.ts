import assert from "node:assert/strict";
import { overwriteMethods, type Fill } from "@trofie/contract";
import { FaultLoop } from "../../fault-loop/fault-loop.ts";
import { runProgram } from "../../run-program.ts";
import { eraseDirectly, eraseFindings } from "../../trials/erase-directly.ts";
import { scenario, secret } from "../scenario.ts";

/** A block of the engine, and a piece of a second that no pattern's length divides. */
const sizeBytes = 2 ** 20 + 7 * 512;

export const ourMethods = [
  scenario(
    "every overwriting method writes all its passes, and openssl and cmp find the last of them",
    async () => {
      await using loop = await FaultLoop.attach({ sizeBytes });
      for (const [id, { passes, finally: last = [] }] of Object.entries(overwriteMethods)) {
        await loop.disk.fill(secret);
        const before = (await loop.disk.counters()).bytesWritten;
        const report = await eraseDirectly({ path: loop.path, method: id });
        assert.equal(report.outcome, "erased", `${id}: ${report.message}`);
        const written = eraseFindings(report).passes.filter((pass) => pass.kind === "overwrite");
        assert.equal(written.length, passes.length + last.length, id);
        const { bytesWritten } = await loop.disk.counters();
        assert.equal(bytesWritten - before, written.length * sizeBytes, id);
        await runProgram(
          "sh",
          "-c",
          `${printed(written.at(-1)!.fill)} | head -c ${sizeBytes} | cmp - ${loop.path}`,
        );
      }
    },
  ),
];

/** A command of the shell that prints these bytes without end. */
function printed(fill: Fill): string {
  if (fill.kind === "random")
    return `openssl enc -aes-256-ctr -K ${fill.keyHex} -iv ${"0".repeat(32)} -in /dev/zero 2>&-`;
  return `python3 -c "import sys; sys.stdout.buffer.write(bytes.fromhex('${fill.hex}') * ${sizeBytes})" 2>&-`;
}
