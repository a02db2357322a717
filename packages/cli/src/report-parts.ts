/** What reports in full are made of: lists of facts, and sections under a title. */
import {
  durationText,
  exactBytesText,
  faultyRangeText,
  verificationText,
  type EraseFindings,
  type VerificationReport,
} from "@trofie/contract";

/** One fact a line; what is null is not known, and not said. */
export function factLines(facts: readonly (readonly [string, string | null])[]): string[] {
  const known = facts.filter(([, text]) => text !== null);
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

/** Nothing where there is nothing to be said. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[title, ...lines.map((line) => `  ${line}`)].join("\n")];
}

export function faultySection({ faulty, rangesCut }: Pick<EraseFindings, "faulty" | "rangesCut">): string[] {
  return section("Faulty:", [
    ...faulty.map(faultyRangeText),
    ...(rangesCut ? ["and more, which are not recorded"] : []),
  ]);
}

/** Of reports of before it was told, nothing. */
export function seedSection({ seedHex }: Pick<EraseFindings, "seedHex">): string[] {
  return section("Seed of all that was drawn by chance:", seedHex === undefined ? [] : [seedHex]);
}

export function verificationDetail(verification: VerificationReport): string {
  return `${verificationText(verification)} (${exactBytesText(verification.bytesRead)}, ${durationText(verification.durationMs)})`;
}

export function ioText(directIo: boolean): string {
  return directIo ? "past the page cache" : "through memory, which is no evidence";
}
