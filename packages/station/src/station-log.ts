/** The journal as a watcher reads it: events by number, and the present state. */
import type { EventLog, EventRow, SnapshotItem } from "@trofie/commands";
import { isOutcome } from "@trofie/contract";
import type { DeviceWatch } from "./device-watch.ts";
import type { Jobs } from "./jobs.ts";
import type { Journal } from "./journal.ts";

export class StationLog implements EventLog {
  readonly firstSeq: number;
  readonly epoch: string;
  readonly #journal: Journal;
  readonly #devices: DeviceWatch;
  readonly #jobs: Jobs;

  constructor(journal: Journal, devices: DeviceWatch, jobs: Jobs) {
    this.firstSeq = journal.firstSeq;
    this.epoch = journal.epoch;
    this.#journal = journal;
    this.#devices = devices;
    this.#jobs = jobs;
  }

  get lastSeq(): number {
    return this.#journal.lastSeq;
  }

  get head(): string {
    return this.#journal.head;
  }

  headAt(seq: number): string | undefined {
    return this.#journal.headAt(seq);
  }

  read(since: number, limit: number): EventRow[] {
    return this.#journal.read(since, limit);
  }

  snapshot(): SnapshotItem[] {
    return [
      ...this.#devices.toldDevices.map((item) => ({ kind: "device", id: item.path, ended: false, item })),
      ...this.#jobs
        .forSnapshot()
        .map((item) => ({ kind: "job", id: item.id, ended: isOutcome(item.state), item })),
    ];
  }
}
