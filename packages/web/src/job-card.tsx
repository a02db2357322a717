/** One job: how far it is, how to stop it, how it ended. */
import {
  isOutcome,
  type Job,
  type Progress,
  bytesText,
  exactBytesText,
  nameOf,
  stateMeaning,
  timeText,
} from "@trofie/contract";
import { useEffect, useId, useRef } from "react";
import { JobProgress } from "./job-progress.tsx";
import { JobReportView } from "./job-report.tsx";
import { stateWords } from "./job-words.ts";
import { StateBadge } from "./state-badge.tsx";
import type { StationClient } from "./station-watch.ts";
import { StopButton } from "./stop-button.tsx";

interface Props {
  readonly client: StationClient;
  readonly job: Job;
  readonly progress: Progress | undefined;
  readonly wasJustStarted: boolean;
}

export function JobCard({ client, job, progress, wasJustStarted }: Props) {
  const card = useRef<HTMLElement>(null);
  const titleId = useId();
  const words = stateWords[job.state];
  const meaning = stateMeaning[job.state];
  const hasEnded = isOutcome(job.state);
  useEffect(() => {
    if (wasJustStarted) card.current?.scrollIntoView({ block: "nearest" });
  }, [wasJustStarted]);
  return (
    <article ref={card} className="card job" aria-labelledby={titleId} data-tone={words.tone}>
      <header className="card-head">
        <div>
          <h3 id={titleId} className="from-disk">
            {nameOf(job.path)}
          </h3>
          <p className="from-disk subtitle">
            {[job.identity.model, job.identity.serial].filter(Boolean).join(" · ") || job.path}
          </p>
        </div>
        <div role="status">
          <StateBadge words={words} />
        </div>
      </header>
      {progress && <JobProgress progress={progress} labelledBy={titleId} />}
      {job.report && <p className="message">{job.report.message}</p>}
      {meaning && <p className="meaning">{meaning}.</p>}
      {job.report && job.report.passes.length > 0 && <JobReportView report={job.report} />}
      <footer className="card-foot">
        <p className="faint">
          <span title={exactBytesText(job.identity.sizeBytes)}>{bytesText(job.identity.sizeBytes)}</span> ·
          method {job.method} · {timeText(job.endedAt ?? job.startedAt ?? job.createdAt)}
        </p>
        {!hasEnded && <StopButton client={client} job={job} describedBy={titleId} />}
      </footer>
    </article>
  );
}
