import { progressOf, type StationView } from "@trofie/contract";
import { JobCard } from "./job-card.tsx";
import type { StationClient } from "./station-watch.ts";

interface Props {
  readonly client: StationClient;
  readonly view: StationView;
  /** The job that was started from this page just now. */
  readonly startedJob: string | null;
}

/** The jobs, newest first. */
export function JobList({ client, view, startedJob }: Props) {
  const jobs = [...view.jobs.values()].toReversed();
  return (
    <section aria-labelledby="jobs">
      <h2 id="jobs">
        Jobs <span className="count">{jobs.length}</span>
      </h2>
      {jobs.length === 0 && <p className="empty">No job yet. Erase a disk, and it appears here.</p>}
      <ol className="cards jobs">
        {jobs.map((job) => (
          <li key={job.id}>
            <JobCard
              client={client}
              job={job}
              progress={progressOf(view, job)}
              wasJustStarted={job.id === startedJob}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
