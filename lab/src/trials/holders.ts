import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Looks again and again which jobs' processes have a device open, and remembers the most that were seen at once. */
export class Holders implements Disposable {
  most = 0;
  looks = 0;
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  /** Whether a process is one of a job: its command line is read once. */
  readonly #isOfJob = new Map<string, boolean>();

  constructor(path: string, everyMs = 40) {
    this.#path = path;
    this.#timer = setInterval(() => this.look(), everyMs);
  }

  look(): void {
    const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const holding = ids.filter((id) => this.#ofJob(id) && hasOpen(id, this.#path));
    this.most = Math.max(this.most, holding.length);
    this.looks++;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #ofJob(id: string): boolean {
    const known = this.#isOfJob.get(id);
    if (known !== undefined) return known;
    const isOfJob = orNothing(() => readFileSync(`/proc/${id}/cmdline`, "utf8")).includes("job-process");
    // Between fork and exec a process still has the command line of its parent.
    if (isOfJob || this.looks % 8 === 0) this.#isOfJob.set(id, isOfJob);
    return isOfJob;
  }
}

function hasOpen(id: string, path: string): boolean {
  try {
    return readdirSync(`/proc/${id}/fd`).some((fd) => {
      return orNothing(() => readlinkSync(`/proc/${id}/fd/${fd}`)) === path;
    });
  } catch {
    return false;
  }
}

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
