/** What a job did, and what is known for certain. */
import {
  type JobReport,
  type PassReport,
  type VerificationReport,
  bytesText,
  durationText,
  exactBytesText,
  passText,
  rateText,
} from "@trofie/contract";
import { Fact } from "./fact.tsx";

export function JobReportView({ report }: { report: JobReport }) {
  const { verification, durationMs, passes } = report;
  return (
    <>
      <dl className="facts">
        <Fact name="Verified">{verification ? <Verification verification={verification} /> : "nothing"}</Fact>
        <Fact name="Evidence">{verification && evidenceText(verification)}</Fact>
        <Fact name="Took">{durationText(durationMs)}</Fact>
      </dl>
      <Passes passes={passes} />
    </>
  );
}

function evidenceText({ evidence }: VerificationReport): string {
  return evidence ? "yes, read from the disk itself" : "no, what was read may have come from memory";
}

function Verification({ verification }: { verification: VerificationReport }) {
  const { bytesRead, mismatchedBytes, unreadableBytes } = verification;
  return (
    <>
      <span title={exactBytesText(bytesRead)}>{bytesText(bytesRead)}</span> read back,{" "}
      {mismatchedBytes === 0 ? "none differs" : `${exactBytesText(mismatchedBytes)} differ`}
      {unreadableBytes > 0 && `, ${exactBytesText(unreadableBytes)} cannot be read`}
    </>
  );
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
          <tr key={`${i} ${pass.sweep}`}>
            <th scope="row">{passText(pass)}</th>
            <td title={exactBytesText(pass.bytesDone)}>{bytesText(pass.bytesDone)}</td>
            <td>{durationText(pass.durationMs)}</td>
            <td>{pass.durationMs > 0 ? rateText((pass.bytesDone / pass.durationMs) * 1000) : ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
