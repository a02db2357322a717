import { Refusal } from "@trofie/commands";
import type { Job } from "@trofie/contract";
import { useState } from "react";
import type { StationClient } from "./station-watch.ts";

interface Props {
  readonly client: StationClient;
  readonly job: Job;
  /** The id of the job's title. */
  readonly describedBy: string;
}

/** Stops a job without asking back: stopping destroys nothing, and hurry is the usual reason for it. */
export function StopButton({ client, job, describedBy }: Props) {
  const [asked, setAsked] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const stop = async (): Promise<void> => {
    setAsked(true);
    setRefusal(null);
    try {
      await client.command("job.stop", { job: job.id });
    } catch (error) {
      // That it has ended by itself meanwhile is told by the job.
      if (error instanceof Refusal && error.code === "JOB_ENDED") return;
      setRefusal(error instanceof Error ? error.message : String(error));
      setAsked(false);
    }
  };

  const isStopping = asked || job.stopAskedAt !== null;
  return (
    <>
      {refusal && <p className="refusal">{refusal}</p>}
      <button type="button" disabled={isStopping} aria-describedby={describedBy} onClick={() => void stop()}>
        {isStopping ? "Stopping…" : "Stop"}
      </button>
    </>
  );
}
