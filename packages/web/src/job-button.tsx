import { Refusal } from "@trofie/commands";
import type { Job } from "@trofie/contract";
import { useState } from "react";
import type { StationClient } from "./station-watch.ts";

export type JobCommand = "job.pause" | "job.resume" | "job.stop";

const words: Readonly<Record<JobCommand, { readonly ask: string; readonly asked: string }>> = {
  "job.pause": { ask: "Pause", asked: "Pausing…" },
  "job.resume": { ask: "Resume", asked: "Resuming…" },
  "job.stop": { ask: "Stop", asked: "Stopping…" },
};

interface Props {
  readonly client: StationClient;
  readonly job: Job;
  readonly command: JobCommand;
  /** The id of the job's title. */
  readonly describedBy: string;
}

/** Tells a job what to do without asking back: none of it destroys anything, and hurry is the usual reason for it. */
export function JobButton({ client, job, command, describedBy }: Props) {
  const [wasPressed, setPressed] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const press = async (): Promise<void> => {
    setPressed(true);
    setRefusal(null);
    try {
      await client.command(command, { job: job.id });
    } catch (error) {
      // That it has ended by itself meanwhile is told by the job.
      if (error instanceof Refusal && error.code === "JOB_ENDED") return;
      setRefusal(error instanceof Error ? error.message : String(error));
      setPressed(false);
    }
  };

  const isAsked = wasPressed || (command === "job.stop" && job.stopAskedAt !== null);
  const { ask, asked } = words[command];
  return (
    <>
      {refusal && <p className="refusal">{refusal}</p>}
      <button type="button" disabled={isAsked} aria-describedby={describedBy} onClick={() => void press()}>
        {isAsked ? asked : ask}
      </button>
    </>
  );
}
