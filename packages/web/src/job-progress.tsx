import {
  type Progress,
  bytesText,
  exactBytesText,
  limitText,
  percentOf,
  rateText,
  timeLeftText,
} from "@trofie/contract";

interface Props {
  readonly progress: Progress;
  /** The id of the job's title. */
  readonly labelledBy: string;
}

/** How far a job is, over all its steps. */
export function JobProgress({ progress, labelledBy }: Props) {
  const { step, stepNumber, stepCount, bytesDone, bytesTotal, etaMs, faultyBytes } = progress;
  // Short work counts no bytes; the bar then says only that it is at work.
  const isCounted = bytesTotal > 0;
  return (
    <div className="progress">
      <div className="progress-head">
        {isCounted && <span className="percent">{percentOf(bytesDone, bytesTotal)} %</span>}
        <span className="step">
          {step}
          {stepCount > 1 && (
            <span className="faint">
              {" "}
              step {stepNumber} of {stepCount}
            </span>
          )}
        </span>
        <span className="eta">{timeLeftText(etaMs)}</span>
      </div>
      <progress {...(isCounted && { value: bytesDone, max: bytesTotal })} aria-labelledby={labelledBy} />
      {isCounted && (
        <div className="progress-foot">
          <span
            title={`${exactBytesText(bytesDone)} of ${exactBytesText(bytesTotal)}, verification included`}
          >
            {bytesText(bytesDone)} of {bytesText(bytesTotal)}
          </span>
          {faultyBytes > 0 && (
            <span className="faulty" title={exactBytesText(faultyBytes)}>
              {bytesText(faultyBytes)} faulty
            </span>
          )}
          <span>{speedText(progress)}</span>
        </div>
      )}
    </div>
  );
}

function speedText({ bytesPerSecond, limit }: Progress): string | null {
  if (bytesPerSecond === 0) return null;
  return [rateText(bytesPerSecond), ...(limit === null ? [] : [limitText[limit]])].join(", ");
}
