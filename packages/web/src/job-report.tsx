/** What a job did, and what is known for certain. */
import {
  type Findings,
  type HealthFindings,
  type ImageFindings,
  type Job,
  type JobReport,
  type UnmountFindings,
  type VerifyFindings,
  bytesText,
  durationText,
  exactBytesText,
  fillText,
  verificationText,
} from "@trofie/contract";
import type { ReactNode } from "react";
import { EraseReport } from "./erase-report.tsx";
import { Fact } from "./fact.tsx";
import { FaultyRanges } from "./faulty-ranges.tsx";

interface Props {
  readonly job: Job;
  readonly report: JobReport;
}

export function JobReportView({ job, report: { findings, durationMs } }: Props) {
  if (findings === null) return null;
  const took = <Fact name="Took">{durationText(durationMs)}</Fact>;
  return <FindingsView job={job} findings={findings} took={took} />;
}

interface FindingsProps {
  readonly job: Job;
  readonly findings: Findings;
  readonly took: ReactNode;
}

function FindingsView({ job, findings, took }: FindingsProps) {
  switch (findings.kind) {
    case "erase":
      return <EraseReport job={job} findings={findings} took={took} />;
    case "verify":
      return <VerifyReport job={job} findings={findings} took={took} />;
    case "health":
      return <HealthReport findings={findings} />;
    case "unmount":
      return <UnmountReport findings={findings} />;
    default:
      return <ImageReport findings={findings} took={took} />;
  }
}

function VerifyReport({ job, findings, took }: FindingsProps & { findings: VerifyFindings }) {
  const { expect, verification } = findings;
  return (
    <>
      <dl className="facts">
        <Fact name="Expected" mono>
          {fillText(expect)}
        </Fact>
        <Fact name="Found">{verificationText(verification)}</Fact>
        {took}
      </dl>
      <FaultyRanges job={job} findings={findings} />
    </>
  );
}

function ImageReport({ findings, took }: { findings: ImageFindings; took: ReactNode }) {
  const { contentBytes, sha256, readBack, grown } = findings;
  return (
    <dl className="facts">
      <Fact name="SHA-256" mono>
        {sha256}
      </Fact>
      <Fact name="Content">
        <span title={exactBytesText(contentBytes)}>{bytesText(contentBytes)}</span>
        {readBack && ", read back and hashed to the same"}
      </Fact>
      <Fact name="Grown" fromDisk>
        {grown && `${grown.path} to ${bytesText(grown.sizeBytes)}`}
      </Fact>
      {took}
    </dl>
  );
}

function HealthReport({ findings }: { findings: HealthFindings }) {
  const { reasons, temperatureC, powerOnHours, powerCycles, selfAssessment, attributes } = findings;
  const failed = attributes.filter((attribute) => attribute.failed !== "never");
  return (
    <>
      {reasons.length > 0 && (
        <ul className="reasons from-disk">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <dl className="facts">
        <Fact name="It says of itself">{selfAssessment}</Fact>
        <Fact name="Temperature">{temperatureC === null ? null : `${temperatureC} °C`}</Fact>
        <Fact name="Hours on">{powerOnHours?.toLocaleString("en") ?? null}</Fact>
        <Fact name="Switched on">
          {powerCycles === null ? null : `${powerCycles.toLocaleString("en")} times`}
        </Fact>
        {failed.map(({ id, name, value, failed: when }) => (
          <Fact key={`${id} ${name}`} name={name} fromDisk>
            {value}, below its threshold {when}
          </Fact>
        ))}
      </dl>
    </>
  );
}

function UnmountReport({ findings: { unmounted, swapsOff } }: { findings: UnmountFindings }) {
  return (
    <dl className="facts">
      <Fact name="Unmounted" fromDisk>
        {unmounted.join(", ") || null}
      </Fact>
      <Fact name="Swap off" fromDisk>
        {swapsOff.join(", ") || null}
      </Fact>
    </dl>
  );
}
