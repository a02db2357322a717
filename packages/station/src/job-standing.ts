/** What a job's process has told of itself, and how its job stands by that. */
import type { Job, JobState } from "@trofie/contract";
import type { Checkpoint, JobEvent } from "@trofie/disks";

export class JobStanding {
  /** The newest, once there was one. */
  checkpoint: Checkpoint | null = null;
  #work: "running" | "verifying" = "running";
  #isPaused = false;
  /** Why its disk seems to hang. */
  #stall: string | null = null;

  heard(event: Exclude<JobEvent, { type: "progress" }>): void {
    switch (event.type) {
      case "checkpoint":
        this.checkpoint = event.checkpoint;
        return;
      case "verifying":
      case "writing":
        this.#work = event.type === "verifying" ? "verifying" : "running";
        return;
      case "paused":
      case "resumed":
        this.#isPaused = event.type === "paused";
        return;
      case "stalled":
      case "answering":
        this.#stall = event.type === "stalled" ? event.message : null;
    }
  }

  /** A disk that hangs says more than that its job was told to stop, and that says more than that it is paused. */
  of({ stopAskedAt }: Job): { readonly state: JobState; readonly why: string | null } {
    if (this.#stall !== null) return { state: "hung", why: this.#stall };
    if (stopAskedAt !== null) return { state: "stopping", why: null };
    return { state: this.#isPaused ? "paused" : this.#work, why: null };
  }
}
