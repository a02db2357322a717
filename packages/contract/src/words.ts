/** What the contract's own terms mean, as people read it; terminal and page share it. */
import { nameOf, type Device, type Identity } from "./device.ts";
import type { Fill } from "./fill.ts";
import { stateMeaning } from "./job-states.ts";
import type { Job, Progress } from "./job.ts";
import type { GiveUp } from "./plan.ts";
import { bytesText, durationText, exactBytesText, rateText } from "./quantities.ts";
import type { FaultyRange, HealthFindings, VerificationReport } from "./report.ts";
import type { Reading } from "./work.ts";

/** How much of a device is read back. */
export const readingText: Readonly<Record<Reading, string>> = {
  full: "every byte",
  sampled: "at least a tenth, at places drawn for the job (NIST SP 800-88r1 §4.7)",
  quick: "a hundredth, at places drawn for the job; conforms to no standard",
};

/** What keeps a job from going faster. */
export const limitText: Readonly<Record<NonNullable<Progress["limit"]>, string>> = {
  disk: "the disk is the limit",
  generator: "making random bytes is the limit",
  comparison: "comparing is the limit",
};

/** What is wrong with a faulty range. */
export const faultText: Readonly<Record<FaultyRange["fault"], string>> = {
  write: "cannot be written",
  read: "cannot be read back",
  mismatch: "differ from what belongs there",
};

/** The judgements of a disk's health. */
export const verdictText: Readonly<Record<HealthFindings["verdict"], string>> = {
  ok: "ok: nothing speaks against the disk",
  old: "old: worn by long use, but sound",
  sus: "suspect: it shows signs of failing",
  fail: "failing: do not trust it with anything",
};

/** What a state means for the disk; null where its name says it, or where it says more than is so of that kind of work. */
export function meaningOf({ kind, state }: Pick<Job, "kind" | "state">): string | null {
  if (kind === "erase" || state === "paused" || state === "stopping" || state === "hung")
    return stateMeaning[state];
  return state === "interrupted" ? "It was cut off before it was done" : null;
}

/** "268 MB read back, none differs". */
export function verificationText(report: VerificationReport): string {
  const { kind, bytesRead, mismatchedBytes, unreadableBytes, evidence } = report;
  const found = mismatchedBytes === 0 ? "none differs" : `${exactBytesText(mismatchedBytes)} differ`;
  const unread = unreadableBytes === 0 ? "" : `, ${exactBytesText(unreadableBytes)} cannot be read`;
  const sampled = kind === "full" ? "" : `, ${kind}`;
  const doubt = evidence ? "" : "; no evidence, for it may have come from memory";
  return `${bytesText(bytesRead)} read back${sampled}, ${found}${unread}${doubt}`;
}

/** "4,096 bytes at 1,048,576 cannot be read back". */
export function faultyRangeText({ offset, lengthBytes, fault, exact }: FaultyRange): string {
  const some = exact ? "" : "some of ";
  return `${some}${exactBytesText(lengthBytes)} at ${offset.toLocaleString("en")} ${faultText[fault]}`;
}

/**
 * The command that makes the bytes of a random pass with OpenSSL alone (openssl-enc(1)); null for a stream that it does
 * not have, and for a pattern.
 */
export function opensslText(fill: Fill): string | null {
  if (fill.kind === "pattern" || fill.stream === "chacha8") return null;
  return `openssl enc -${fill.stream} -K ${fill.keyHex} -iv ${"0".repeat(32)} -in /dev/zero`;
}

/**
 * Whether the device may have areas beyond what is addressed, and nobody could tell. Only ATA has host protected areas and
 * device configuration overlays (ACS-2).
 */
export function mayHideAreas({ bus, hidden }: Pick<Device, "bus" | "hidden">): boolean {
  return bus === "sata" && hidden.hpa === "unknown";
}

/** "USB hub 2-1", "controller 0000:3b:00.0". */
export function controllerText(controller: string): string {
  return `${/\/usb\d+\//.test(controller) ? "USB hub" : "controller"} ${nameOf(controller)}`;
}

/** "below 5.00 MB/s over 1 min, above 60 °C"; null when only what fails counts. */
export function giveUpText(giveUp: GiveUp | undefined): string | null {
  if (giveUp === undefined) return null;
  const { minBytesPerSecond: least, averagedMs, maxTemperatureC: most } = giveUp;
  return [
    ...(least === null ? [] : [`below ${rateText(least)} over ${durationText(averagedMs)}`]),
    ...(most === null ? [] : [`above ${most} °C`]),
  ].join(", ");
}

/** "4.00 TB"; "unknown" of a disk that the kernel cannot use. */
export function sizeText({ sizeBytes }: Pick<Identity, "sizeBytes">): string {
  return sizeBytes === 0 ? "unknown" : bytesText(sizeBytes);
}
