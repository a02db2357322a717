/** How an erase ended, in one word and in a sentence. */
import type { ErasePlan, FirmwareReport, JobReport, PassReport, VerificationReport } from "@trofie/contract";
import { bytesText, countText, exactBytesText } from "@trofie/contract/quantities";
import type { Disk } from "../disk/disk.ts";
import type { FaultyRanges } from "./faulty-map.ts";
import type { ResolvedPass } from "./fills.ts";
import type { HowFar } from "./how-far.ts";
import { hasFailed } from "./pass-run.ts";

export interface Ended {
  readonly far: HowFar;
  readonly passes: readonly ResolvedPass[];
  /** What ended it early; null when nothing did. */
  readonly failure: Error | null;
  /** It was told to stop before it was done. */
  readonly isStopped: boolean;
  readonly wasToldToStop: boolean;
  readonly bytesDone: number;
  readonly plan: Pick<ErasePlan, "bytesTotal" | "warnings">;
  readonly disk: Disk;
  readonly durationMs: number;
  readonly seedHex: string;
}

export function conclude(ended: Ended): JobReport {
  const { far, disk, durationMs, plan, seedHex } = ended;
  far.map.addAll(far.misread);
  for (const range of far.suspects.ranges) far.map.add(isReading(far) ? "read" : "write", range, false);
  const { ranges, faultyBytes, rangesCut } = far.map.toJSON();
  const findings = {
    kind: "erase" as const,
    warnings: plan.warnings,
    directIo: disk.direct,
    passes: far.passes,
    faulty: [...ranges],
    faultyBytes,
    rangesCut,
    resumptions: far.resumptions,
    seedHex,
  };
  return { ...verdictOf(ended), durationMs, findings };
}

function isReading({ phase }: HowFar): boolean {
  return phase === "verify" || phase === "verify-again";
}

type Verdict = Pick<JobReport, "outcome" | "message">;

function verdictOf(ended: Ended): Verdict {
  const { failure, isStopped, bytesDone, plan, far, disk } = ended;
  if (failure !== null) return { outcome: "failed", message: failure.message };
  if (isStopped) {
    const message = `Stopped after ${bytesText(bytesDone)} of ${bytesText(plan.bytesTotal)}`;
    return { outcome: "stopped", message };
  }
  const firmware = firmwareOf(far);
  if (ended.wasToldToStop && firmware !== undefined && hasFailed(firmware)) {
    return { outcome: "stopped", message: `Stopped; the disk says: ${firmware.firmware.status}` };
  }
  const doubt = doubtOf(ended);
  if (doubt !== null) return { outcome: "failed", message: `Cannot confirm the erase: ${doubt}` };
  const faulty = far.map.toJSON();
  if (faulty.faultyBytes > 0)
    return { outcome: "erased-with-errors", message: errorsIn(faulty, far.passes, disk) };
  return { outcome: "erased", message: success(far.passes) };
}

/** Why the disk cannot be called erased at all; null when all of it that is not in the map is as it should be. */
function doubtOf({ far, passes, disk }: Ended): string | null {
  if (far.passes.length < passes.length && !far.passes.some(hasFailed))
    return "not all passes were carried out";
  const firmware = firmwareOf(far);
  if (firmware !== undefined && hasFailed(firmware)) return firmwareDoubt(firmware.firmware);
  const wrong = far.passes.find(hasFailed);
  if (wrong?.kind === "overwrite") return mismatchIn(wrong.verification!, disk);
  if (firmware !== undefined) return null;
  if (!far.passes.some((pass) => pass.kind === "overwrite" && pass.verification !== null)) {
    return "nothing was verified";
  }
  return far.map.faultyBytes >= disk.sizeBytes ? "no byte of it could be written and read back" : null;
}

function firmwareOf({ passes }: HowFar) {
  return passes.find((pass) => pass.kind === "firmware");
}

function firmwareDoubt({ status, succeeded, samples, unchangedSamples }: FirmwareReport): string {
  if (!succeeded) return `the disk says: ${status}`;
  return `the disk says that it is done, but ${unchangedSamples} of ${samples} samples are as before`;
}

function mismatchIn({ mismatchedBytes, unreadableBytes }: VerificationReport, { sizeBytes }: Disk): string {
  return `of ${exactBytesText(sizeBytes)} ${countText(mismatchedBytes)} differ and ${countText(unreadableBytes)} cannot be read`;
}

function errorsIn(
  { ranges, faultyBytes }: FaultyRanges,
  passes: readonly PassReport[],
  { sizeBytes }: Disk,
): string {
  const write = bytesWith(ranges, "write");
  const read = bytesWith(ranges, "read");
  const parts = [
    ...(write > 0 ? [`${countText(write)} could not be written and may keep old data`] : []),
    ...(read > 0 ? [`${countText(read)} could not be read back`] : []),
  ];
  const what = parts.join(" and ") || `${countText(faultyBytes)} are faulty`;
  return `Of ${exactBytesText(sizeBytes)} ${what}; all others were written${confirmation(passes)}${rewrittenText(passes)}`;
}

function bytesWith(ranges: FaultyRanges["ranges"], fault: string): number {
  return ranges.reduce((sum, range) => sum + (range.fault === fault ? range.lengthBytes : 0), 0);
}

function success(passes: readonly PassReport[]): string {
  const firmware = passes.find((pass) => pass.kind === "firmware");
  if (firmware === undefined)
    return `Every addressable byte was written${confirmation(passes)}${rewrittenText(passes)}${discardText(passes)}`;
  const { samples, silentSamples } = firmware.firmware;
  const held = samples - silentSamples;
  const seen =
    held > 0
      ? `none of ${held} samples that held anything is as before`
      : "no sample held anything before by which that could be seen";
  return `The disk says that it has erased itself, and ${seen}`;
}

/** What a disk may have put out of reach. */
function rewrittenText(passes: readonly PassReport[]): string {
  const rewritten = passes.reduce(
    (sum, pass) => sum + (pass.kind === "overwrite" ? pass.rewrittenBytes : 0),
    0,
  );
  if (rewritten === 0) return "";
  return `; ${exactBytesText(rewritten)} were taken only at a second attempt, and where the disk gave them other sectors, the old ones keep old data`;
}

/** Of an extra that was asked for and did not come about. */
function discardText(passes: readonly PassReport[]): string {
  const isRefused = passes.some((pass) => pass.kind === "discard" && !pass.done);
  return isRefused ? "; its blocks were not given back, for it takes no discard" : "";
}

/** What is known of what was written, to follow it. */
function confirmation(passes: readonly PassReport[]): string {
  const verified = passes.flatMap((pass) => (pass.kind === "overwrite" ? (pass.verification ?? []) : []));
  const { kind, bytesRead } = verified.at(-1)!;
  const which = whichPasses(verified.length, passes.filter((pass) => pass.kind === "overwrite").length);
  const samples = `samples of ${bytesText(bytesRead)} `;
  const what = kind === "full" ? which : `${samples}${which === "" ? "" : `of ${which}`}were `;
  const how = verified.every(({ evidence }) => evidence)
    ? ""
    : "; that is no evidence, for the disk was read through memory, not past it";
  return `, and ${what}read back as written${how}`;
}

/** Of several passes, which were read back. */
function whichPasses(verified: number, written: number): string {
  if (written === 1) return "";
  if (verified === 1) return "the last pass ";
  return verified === written ? "each pass " : `${verified} of ${written} passes `;
}
