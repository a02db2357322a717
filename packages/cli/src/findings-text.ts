/** What a job has found, in a few lines after its outcome. */
import {
  bytesText,
  faultyRangeText,
  verdictText,
  verificationText,
  type EraseFindings,
  type FaultyRange,
  type Findings,
  type HealthFindings,
  type ImageFindings,
  type Job,
  type VerificationReport,
  type VerifyFindings,
} from "@trofie/contract";
import { programName } from "./program-name.ts";

/** So many faulty ranges are told at once; all of them are told by `trofie job`. */
const toldAtOnce = 3;

export function findingsText({ id, report }: Job): string[] {
  const findings = report?.findings;
  if (!findings) return [];
  const lines = linesOf(findings);
  if (!("faulty" in findings)) return lines;
  const { faulty, rangesCut } = findings;
  const first = faulty.slice(0, toldAtOnce).map(faultyRangeText);
  const isMore = faulty.length > toldAtOnce || rangesCut;
  return [...lines, ...first, ...(isMore ? [`all of it: ${programName} job ${id}`] : [])];
}

function linesOf(findings: Findings): string[] {
  switch (findings.kind) {
    case "erase":
      return eraseLines(findings);
    case "verify":
      return verifyLines(findings);
    case "image-write":
    case "image-read":
      return imageLines(findings);
    case "health":
      return healthLines(findings);
    default:
      return [
        ...findings.unmounted.map((point) => `unmounted ${point}`),
        ...findings.swapsOff.map((path) => `switched swap off on ${path}`),
      ];
  }
}

function eraseLines({ passes, faulty, resumptions, rangesCut }: EraseFindings): string[] {
  const verified = passes.flatMap((pass) =>
    pass.kind === "overwrite" && pass.verification ? [pass.verification] : [],
  );
  return [
    ...verifiedLines(verified),
    ...(resumptions.length === 0 ? [] : [resumedText(resumptions.length)]),
    ...faultyLines(faulty, rangesCut),
  ];
}

/** Of several the last alone is told with its bytes, and all of them where nothing is wrong in any. */
function verifiedLines(verified: readonly VerificationReport[]): string[] {
  const last = verified.at(-1);
  if (last === undefined) return [];
  const text = verificationText(last);
  if (verified.length === 1) return [text];
  const isGood = verified.every(
    ({ mismatchedBytes, unreadableBytes }) => mismatchedBytes + unreadableBytes === 0,
  );
  return [
    isGood
      ? `in each of ${verified.length} passes ${text}`
      : `in the last of ${verified.length} passes ${text}`,
  ];
}

function resumedText(count: number): string {
  return count === 1 ? "went on once after it was cut off" : `went on ${count} times after it was cut off`;
}

function verifyLines({ verification, faulty, rangesCut }: VerifyFindings): string[] {
  return [verificationText(verification), ...faultyLines(faulty, rangesCut)];
}

function faultyLines(faulty: readonly FaultyRange[], rangesCut: boolean): string[] {
  if (faulty.length === 0) return [];
  const bytes = bytesText(faulty.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0));
  const many = faulty.length === 1 ? "1 faulty range" : `${faulty.length} faulty ranges`;
  return [`${rangesCut ? "more than " : ""}${many}, ${bytes} in all:`];
}

function imageLines({ contentBytes, sha256, readBack, grown }: ImageFindings): string[] {
  return [
    `sha256 ${sha256} of ${bytesText(contentBytes)}${readBack ? ", and the same when read back" : ""}`,
    ...(grown === null ? [] : [grownText(grown)]),
  ];
}

export function grownText({ path, fileSystem, sizeBytes }: NonNullable<ImageFindings["grown"]>): string {
  const what = fileSystem === null ? "" : ` and its ${fileSystem}`;
  return `grew ${path}${what} to ${bytesText(sizeBytes)}`;
}

function healthLines(findings: HealthFindings): string[] {
  const { verdict, reasons, attributes } = findings;
  const failed = attributes.filter((attribute) => attribute.failed !== "never");
  return [
    verdictText[verdict],
    ...reasons,
    ...failed.map(({ name, value, failed: when }) => `${name} ${value}: below its threshold ${when}`),
    ...wearLines(findings),
  ];
}

function wearLines({ temperatureC, powerOnHours, powerCycles }: HealthFindings): string[] {
  const known = [
    temperatureC !== null && `${temperatureC} °C`,
    powerOnHours !== null && `${powerOnHours.toLocaleString("en")} hours on`,
    powerCycles !== null && `switched on ${powerCycles.toLocaleString("en")} times`,
  ].filter((text) => text !== false);
  return known.length === 0 ? [] : [known.join(", ")];
}
