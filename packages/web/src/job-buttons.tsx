/** What can be told to a job in its present state. */
import { isOutcome, workKinds, type Job } from "@trofie/contract";
import { JobButton, type JobCommand } from "./job-button.tsx";
import type { StationClient } from "./station-watch.ts";

interface Props {
  readonly client: StationClient;
  readonly job: Job;
  /** The id of the job's title. */
  readonly describedBy: string;
}

export function JobButtons(props: Props) {
  return (
    <div className="buttons">
      {commandsFor(props.job).map((command) => (
        // A new state is a new button: what was asked of the old one is answered.
        <JobButton key={`${command} ${props.job.state}`} command={command} {...props} />
      ))}
    </div>
  );
}

function commandsFor({ kind, state }: Job): JobCommand[] {
  const { pauses, goesOn } = workKinds[kind];
  const mayPause = pauses && (state === "running" || state === "verifying");
  const mayResume = state === "paused" || (state === "interrupted" && goesOn);
  return [
    ...(mayPause ? (["job.pause"] as const) : []),
    ...(mayResume ? (["job.resume"] as const) : []),
    ...(isOutcome(state) ? [] : (["job.stop"] as const)),
  ];
}
