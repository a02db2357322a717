import {
  type Progress,
  bytesText,
  exactBytesText,
  passText,
  percentOf,
  rateText,
  timeLeftText,
} from "@trofie/contract";

interface Props {
  readonly progress: Progress;
  /** The id of the job's title. */
  readonly labelledBy: string;
}

/** How far a job is, over all its passes and their verification. */
export function JobProgress({ progress, labelledBy }: Props) {
  const { bytesDone, bytesTotal, bytesPerSecond, etaMs } = progress;
  return (
    <div className="progress">
      <div className="progress-head">
        <span className="percent">{percentOf(bytesDone, bytesTotal)} %</span>
        <span className="pass">{passText(progress)}</span>
        <span className="eta">{timeLeftText(etaMs)}</span>
      </div>
      <progress value={bytesDone} max={bytesTotal} aria-labelledby={labelledBy} />
      <div className="progress-foot">
        <span title={`${exactBytesText(bytesDone)} of ${exactBytesText(bytesTotal)}, verification included`}>
          {bytesText(bytesDone)} of {bytesText(bytesTotal)}
        </span>
        <span>{bytesPerSecond > 0 && rateText(bytesPerSecond)}</span>
      </div>
    </div>
  );
}
