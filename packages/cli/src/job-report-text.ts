/** One job in full: all that is recorded of it, so that anybody can judge it and check it again. */
import {
  atRest,
  exactBytesText,
  fillText,
  meaningOf,
  timeText,
  durationText,
  verdictText,
  type Findings,
  type HealthFindings,
  type ImageFindings,
  type Job,
  type Progress,
  type UnmountFindings,
  type VerifyFindings,
} from "@trofie/contract";
import { eraseSections } from "./erase-report-text.ts";
import { grownText } from "./findings-text.ts";
import { progressText, stateWord } from "./job-text.ts";
import { factLines, faultySection, ioText, seedSection, verificationDetail } from "./report-parts.ts";
import { formatTable } from "./table.ts";

/** `progress` of a job that is at work, where it is known. */
export function jobReportText(job: Job, progress: Progress | null = null): string {
  const findings = job.report?.findings ?? null;
  return [headText(job, progress), ...(findings === null ? [] : sectionsOf(findings, job))].join("\n\n");
}

function headText(job: Job, progress: Progress | null): string {
  const { identity, report } = job;
  const now = progress && job.state === "paused" ? atRest(progress) : progress;
  const facts: [string, string | null][] = [
    ["state", stateWord(job.state)],
    ["now", now && progressText(now)],
    ["why", report?.message ?? job.why ?? meaningOf(job)],
    ["work", job.title],
    ["device", `${job.path}: ${identity.model ?? identity.kind}, ${exactBytesText(identity.sizeBytes)}`],
    ["serial", identity.serial],
    ["wwn", identity.wwn],
    ["file", identity.backing],
    ["asked", timeText(job.createdAt)],
    ["started", job.startedAt && timeText(job.startedAt)],
    ["ended", job.endedAt && timeText(job.endedAt)],
    ["took", report && durationText(report.durationMs)],
    ["plan", job.planHash],
  ];
  return [`Job ${job.id}`, ...factLines(facts)].join("\n");
}

function sectionsOf(findings: Findings, job: Job): string[] {
  switch (findings.kind) {
    case "erase":
      return eraseSections(findings, job);
    case "verify":
      return verifySections(findings);
    case "image-write":
    case "image-read":
      return [imageText(findings)];
    case "health":
      return healthSections(findings);
    default:
      return [unmountText(findings)];
  }
}

function unmountText({ unmounted, swapsOff }: UnmountFindings): string {
  return factLines([
    ...unmounted.map((point) => ["unmounted", point] as const),
    ...swapsOff.map((path) => ["swap off", path] as const),
  ]).join("\n");
}

function verifySections(findings: VerifyFindings): string[] {
  const { expect, verification, directIo } = findings;
  const key = expect.kind === "random" ? [["key", expect.keyHex] as const] : [];
  return [
    factLines([
      ["expected", fillText(expect)],
      ...key,
      ["found", verificationDetail(verification)],
      ["read", ioText(directIo)],
    ]).join("\n"),
    ...seedSection(findings),
    ...faultySection(findings),
  ];
}

function imageText({ contentBytes, sha256, readBack, grown }: ImageFindings): string {
  return factLines([
    ["sha256", sha256],
    ["content", exactBytesText(contentBytes)],
    ["read back", readBack ? "and hashed to the same" : "no"],
    ["grown", grown && grownText(grown)],
  ]).join("\n");
}

function healthSections(findings: HealthFindings): string[] {
  const { verdict, reasons, temperatureC, powerOnHours, powerCycles, selfAssessment, attributes } = findings;
  const facts = factLines([
    ["health", verdictText[verdict]],
    ...reasons.map((reason) => ["because", reason] as const),
    ["itself", selfAssessment],
    ["temperature", temperatureC === null ? null : `${temperatureC} °C`],
    ["hours on", powerOnHours === null ? null : powerOnHours.toLocaleString("en")],
    ["switched on", powerCycles === null ? null : `${powerCycles.toLocaleString("en")} times`],
  ]);
  const columns = [{ title: "ID" }, { title: "ATTRIBUTE" }, { title: "VALUE" }, { title: "BELOW THRESHOLD" }];
  const rows = attributes.map(({ id, name, value, failed }) => [
    id === null ? "-" : String(id),
    name,
    value,
    failed,
  ]);
  return [facts.join("\n"), ...(rows.length === 0 ? [] : [formatTable(columns, rows, Infinity)])];
}
