/** What an erase did, pass by pass. */
import {
  type EraseFindings,
  type Job,
  type PassReport,
  bytesText,
  durationText,
  exactBytesText,
  fillText,
  firmwareErases,
  rateText,
  verificationText,
} from "@trofie/contract";
import type { ReactNode } from "react";
import { Fact } from "./fact.tsx";
import { FaultyRanges } from "./faulty-ranges.tsx";
import { Warnings } from "./warnings.tsx";

interface Props {
  readonly job: Job;
  readonly findings: EraseFindings;
  readonly took: ReactNode;
}

/** More passes than that are folded away. */
const shownAtOnce = 7;

export function EraseReport({ job, findings, took }: Props) {
  const { passes, resumptions, warnings } = findings;
  const table = <Passes passes={passes} />;
  return (
    <>
      <dl className="facts">
        <Fact name="Verified">{verifiedText(passes)}</Fact>
        {took}
        <Fact name="Cut off">
          {resumptions.length === 0 ? null : `${resumptions.length} times, and went on`}
        </Fact>
      </dl>
      <Warnings texts={warnings} />
      <FaultyRanges job={job} findings={findings} />
      {passes.length > shownAtOnce ? (
        <details>
          <summary>{passes.length} passes</summary>
          {table}
        </details>
      ) : (
        passes.length > 0 && table
      )}
    </>
  );
}

function verifiedText(passes: readonly PassReport[]): string {
  const firmware = passes.findLast((pass) => pass.kind === "firmware")?.firmware;
  const last = passes.findLast((pass) => pass.kind === "overwrite" && pass.verification !== null);
  if (last?.kind === "overwrite" && last.verification) return verificationText(last.verification);
  if (!firmware) return "nothing";
  const { samples, silentSamples, unchangedSamples, status } = firmware;
  return `${samples} samples, ${silentSamples} with nothing in them before, ${unchangedSamples} of the others as before; the disk says: ${status}`;
}

function Passes({ passes }: { passes: readonly PassReport[] }) {
  return (
    <table className="passes">
      <thead>
        <tr>
          <th scope="col">Pass</th>
          <th scope="col">Bytes</th>
          <th scope="col">Time</th>
          <th scope="col">Rate</th>
        </tr>
      </thead>
      <tbody>
        {passes.map((pass, i) => (
          // oxlint-disable-next-line no-array-index-key -- a pass is what its number says
          <PassRow key={i} number={i + 1} pass={pass} />
        ))}
      </tbody>
    </table>
  );
}

function PassRow({ number, pass }: { number: number; pass: PassReport }) {
  const { title, bytes, durationMs } = rowOf(pass);
  return (
    <tr>
      <th scope="row">
        {number}. {title}
      </th>
      <td title={exactBytesText(bytes)}>{bytes > 0 && bytesText(bytes)}</td>
      <td>{durationText(durationMs)}</td>
      <td>{bytes > 0 && durationMs > 0 && rateText((bytes / durationMs) * 1000)}</td>
    </tr>
  );
}

function rowOf(pass: PassReport): { title: string; bytes: number; durationMs: number } {
  switch (pass.kind) {
    case "overwrite":
      return { title: fillText(pass.fill), bytes: pass.bytesWritten, durationMs: pass.durationMs };
    case "firmware":
      return {
        title: firmwareErases[pass.firmware.command].title,
        bytes: 0,
        durationMs: pass.firmware.durationMs,
      };
    default:
      return {
        title: pass.done ? "blocks given back" : "blocks not given back",
        bytes: 0,
        durationMs: pass.durationMs,
      };
  }
}
