import { faultyRangeText, type EraseFindings, type Job } from "@trofie/contract";

interface Props {
  readonly job: Job;
  readonly findings: Pick<EraseFindings, "faulty" | "rangesCut">;
}

const shownAtOnce = 5;

/** Where a disk is not as it should be: the first places, and how many there are. */
export function FaultyRanges({ job, findings: { faulty, rangesCut } }: Props) {
  if (faulty.length === 0) return null;
  const isMore = rangesCut || faulty.length > shownAtOnce;
  return (
    <ul className="ranges">
      {faulty.slice(0, shownAtOnce).map((range) => (
        <li key={range.offset}>{faultyRangeText(range)}</li>
      ))}
      {isMore && (
        <li>
          {rangesCut && "more than "}
          {faulty.length} such ranges; <code>trofie job {job.id}</code> lists them
        </li>
      )}
    </ul>
  );
}
