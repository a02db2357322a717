import { Client, Refusal, type EventRow } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { proveToken } from "@trofie/commands/token-proof";
import {
  isOutcome,
  stationContract,
  type Device,
  type EraseFindings,
  type EraseWork,
  type Job,
  type Progress,
  type StationContract,
} from "@trofie/contract";
import { Reactor, systemClock, systemRandom } from "@trofie/reactor";

/** What can be said of an erase besides its device; the station has defaults for the rest. */
export type EraseWish = Partial<Omit<EraseWork, "kind" | "path">> & Pick<EraseWork, "method">;

const usual = {
  rounds: 1,
  blank: false,
  verify: "last",
  reading: "full",
  stream: "aes-256-ctr",
  discard: false,
} as const;

/** Generous: each bad sector of a SATA disk costs the kernel half a second, and a busy host ten times that. */
const defaultLimitMs = 600_000;

const mostPlans = 5;

function hasChanged(error: unknown): boolean {
  return error instanceof Refusal && error.code === "PLAN_CHANGED";
}

interface Watcher {
  readonly look: () => boolean;
  readonly there: () => void;
}

/** Our client of a station, and all that it has heard. It comes back by itself when the station does. */
export class RemoteControl implements AsyncDisposable {
  readonly client: Client<StationContract>;
  /** The newest of each. */
  readonly jobs = new Map<string, Job>();
  readonly progress = new Map<string, Progress>();
  /** In the order in which they came. */
  readonly events: EventRow[] = [];
  readonly #reactor = new Reactor();
  readonly #watchers = new Set<Watcher>();

  /** `endpoint` as the reactor writes it: `tcp:host=127.0.0.1:port=7117`. */
  constructor(endpoint: string, token?: string) {
    this.client = new Client<StationContract>({
      contract: stationContract,
      connect: connectLines(this.#reactor, endpoint),
      clock: systemClock,
      random: systemRandom,
      agent: "trofie lab",
      auth: token === undefined ? {} : proveToken(token, systemRandom),
      want: { events: true, progress: true },
    });
    this.client.listen({
      snapshotReceived: (items) => {
        for (const { kind, item } of items) if (kind === "job") this.#hear(item as Job);
      },
      eventReceived: (row) => {
        this.events.push(row);
        if (row.type.startsWith("job.")) this.#hear(row.body as Job);
        this.#look();
      },
      progressReceived: (told) => {
        const progress = told as unknown as Progress;
        this.progress.set(progress.job, progress);
        this.#look();
      },
    });
    this.client.start();
  }

  /** The device with this serial number, as the station lists it now. */
  async device(serial: string): Promise<Device> {
    const { devices } = await this.client.query("device.list", {});
    const found = devices.find(({ identity }) => identity.serial === serial);
    if (found) return found;
    const listed = devices.map(({ path, identity }) => `${path} (${identity.serial})`).join(", ");
    throw new Error(`The station lists no ${serial}, but ${listed || "nothing"}`);
  }

  /**
   * Plans an erase, confirms and starts it; gives the job's id. Plans again where a disk was too slow for one of the two
   * looks into it, as the station says to. Rejects with the station's `Refusal`.
   */
  async erase(path: string, wish: EraseWish): Promise<string> {
    const work = { ...usual, ...wish, path };
    for (let plans = 1; ; plans++) {
      const { plan, hash } = await this.client.query("erase.plan", work);
      const { job, result } = this.client.operate("erase.start", { ...work, hash, typed: plan.confirm.word });
      result.catch(() => {}); // whoever waits for its end does so by `ended`
      try {
        return await job;
      } catch (error) {
        if (!hasChanged(error) || plans === mostPlans) throw error;
      }
    }
  }

  async eraseToEnd(path: string, wish: EraseWish): Promise<Job> {
    return this.ended(await this.erase(path, wish));
  }

  async resume(job: string): Promise<void> {
    await this.client.command("job.resume", { job });
  }

  /** Resolves when the station tells that it has started, after this was asked. */
  startsAgain(): Promise<void> {
    const starts = () => this.events.filter(({ type }) => type === "station.started").length;
    const before = starts();
    return this.until("the station tells that it has started", () => starts() > before);
  }

  /** Waits until a job is so; fails when it ends otherwise. */
  async becomes(id: string, state: Job["state"], limitMs?: number): Promise<Job> {
    const reached = () => {
      const job = this.jobs.get(id);
      return job !== undefined && (job.state === state || isOutcome(job.state));
    };
    await this.until(`the job is ${state}`, reached, limitMs);
    const job = this.jobs.get(id)!;
    if (job.state === state) return job;
    throw new Error(`The job was to become ${state}, and ended ${job.state}: ${job.report?.message}`);
  }

  /** Waits for a job's end, whatever it is. */
  async ended(id: string, limitMs?: number): Promise<Job> {
    const hasEnded = () => isOutcome(this.jobs.get(id)?.state ?? "queued");
    await this.until(`job ${id} has ended`, hasEnded, limitMs);
    return this.jobs.get(id)!;
  }

  /** Waits until what has been heard is so. */
  async until(what: string, look: () => boolean, limitMs = defaultLimitMs): Promise<void> {
    if (look()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watcher = { look, there: resolve };
    this.#watchers.add(watcher);
    const timer = setTimeout(
      () => reject(new Error(`Waited in vain until ${what}\n${this.#story()}`)),
      limitMs,
    );
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.stop();
    await this.#reactor[Symbol.asyncDispose]();
  }

  #hear(job: Job): void {
    this.jobs.set(job.id, job);
    this.#look();
  }

  #look(): void {
    for (const { look, there } of this.#watchers) if (look()) there();
  }

  /** For whoever waited in vain. */
  #story(): string {
    const jobs = [...this.jobs.values()].map(
      ({ id, path, title, state, why, report }) =>
        `${id} ${path} ${title}: ${state}${why ? ` (${why})` : ""} ${report?.message ?? ""}`,
    );
    const events = this.events.slice(-20).map(({ type, job }) => `${type} ${job ?? ""}`);
    return [`connection: ${JSON.stringify(this.client.state)}`, ...jobs, ...events].join("\n");
  }
}

/** What an erase has found; fails when it has found nothing. */
export function findingsOf({ report, state }: Job): EraseFindings {
  if (report?.findings?.kind === "erase") return report.findings;
  throw new Error(`The erase has no findings: ${state}, ${report?.message}`);
}
