/** One job: what it does, how far it is, what can be told to it, how it ended. */
import {
  type Job,
  type Progress,
  exactBytesText,
  meaningOf,
  nameOf,
  sizeText,
  timeText,
} from "@trofie/contract";
import { useEffect, useId, useRef } from "react";
import { JobButtons } from "./job-buttons.tsx";
import { JobProgress } from "./job-progress.tsx";
import { JobReportView } from "./job-report.tsx";
import { wordsOf } from "./job-words.ts";
import { StateBadge } from "./state-badge.tsx";
import type { StationClient } from "./station-watch.ts";

interface Props {
  readonly client: StationClient;
  readonly job: Job;
  readonly progress: Progress | undefined;
  readonly wasJustStarted: boolean;
}

export function JobCard({ client, job, progress, wasJustStarted }: Props) {
  const card = useRef<HTMLElement>(null);
  const titleId = useId();
  const words = wordsOf(job);
  const meaning = meaningOf(job);
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
      {job.report && <p className="message from-disk">{job.report.message}</p>}
      {!job.report && job.why !== null && <p className="message from-disk">{job.why}</p>}
      {meaning && <p className="meaning">{meaning}.</p>}
      {job.report && <JobReportView job={job} report={job.report} />}
      <footer className="card-foot">
        <p className="faint">
          <span className="from-disk">{job.title}</span> ·{" "}
          <span title={exactBytesText(job.identity.sizeBytes)}>{sizeText(job.identity)}</span> ·{" "}
          {timeText(job.endedAt ?? job.startedAt ?? job.createdAt)}
        </p>
        <JobButtons client={client} job={job} describedBy={titleId} />
      </footer>
    </article>
  );
}
