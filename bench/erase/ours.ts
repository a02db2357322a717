/**
 * Erases or verifies one device as a station does, by a job's process, and prints what that took as JSON.
 * Runs the compiled packages, as users have them: `node bench/erase/ours.ts DEVICE zero|random|zero+verify|… `.
 */
import type { JobReport } from "@trofie/contract";
import { linuxDiskHost, type JobEvent, type JobProcess } from "@trofie/disks";
import { cpuOf, cpuOfEndedChildren, pssOf } from "./measure.ts";
import type { OurWork } from "./our-work.ts";

export interface OurFigures {
  readonly report: JobReport;
  /** Of the job's process, from when it was told to go to its end: what it took before has nothing to do with the size. */
  readonly cpuSeconds: number;
  /** The most that it had, in bytes (Pss of smaps_rollup). */
  readonly pssBytes: number;
}

const [path = "", work = ""] = process.argv.slice(2);
const seedHex = "5e".repeat(32);
const host = linuxDiskHost();
let pssBytes = 0;
let job: JobProcess | null = null;

const order = { job: "j_bench", plan: await planOf(work as OurWork), seedHex, checkpoint: null };
const endedBefore = cpuOfEndedChildren();
job = await host.start(order, heard);
const before = endedBefore + cpuOf(job.process.pid);
job.go();
const end = await job.ended;
if (end.how !== "reported") throw new Error(`It ended ${end.how}: ${end.message}`);
const figures: OurFigures = { report: end.report, cpuSeconds: cpuOfEndedChildren() - before, pssBytes };
console.log(JSON.stringify(figures));

async function planOf(name: OurWork) {
  if (name === "verify") return host.plan({ kind: "verify", path, expect: { hex: "00" }, reading: "full" });
  const method = name.startsWith("random") ? "random" : "zero";
  const plan = await host.plan({
    kind: "erase",
    path,
    method,
    rounds: 1,
    blank: false,
    verify: "last",
    reading: "full",
    stream: "chacha8",
    discard: false,
  });
  if (name.endsWith("+verify")) return plan;
  // What a station never does, for a pass that is not read back proves nothing: the write alone, to be measured.
  const passes = plan.passes.map((pass) => (pass.kind === "overwrite" ? { ...pass, verified: false } : pass));
  return { ...plan, passes, bytesTotal: plan.identity.sizeBytes };
}

function heard({ type }: JobEvent): void {
  if (type !== "progress" || job === null) return;
  pssBytes = Math.max(pssBytes, pssOf(job.process.pid));
}
