/** Watches which devices there are, and records each arrival, change and departure. */
import type { Device, EventType } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock, DelayedCall } from "@trofie/reactor";
import type { Journal } from "./journal.ts";

const lookEveryMs = 2_000;

export interface DeviceWatchOptions {
  readonly host: DiskHost;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export class DeviceWatch {
  readonly #options: DeviceWatchOptions;
  #devices: ReadonlyMap<string, Device> = new Map();
  #timer: DelayedCall | null = null;
  #looking: Promise<void> | null = null;
  #stopped = false;

  constructor(options: DeviceWatchOptions) {
    this.#options = options;
  }

  get devices(): readonly Device[] {
    return [...this.#devices.values()];
  }

  /** Looks now, and records what changed. Two looks at once are one. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  /** Looks now, and again and again. */
  async start(): Promise<void> {
    await this.look();
    this.#again();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.callLater(lookEveryMs, () => {
      void this.look()
        .catch(this.#options.onError)
        .finally(() => this.#again());
    });
  }

  async #look(): Promise<void> {
    const found = new Map((await this.#options.host.list()).map((device) => [device.path, device]));
    if (this.#stopped) return;
    const changes = differences(this.#devices, found);
    this.#devices = found;
    if (changes.length === 0) return;
    const { journal } = this.#options;
    journal.commit(() => changes.forEach(([type, device]) => journal.append(type, null, device)));
  }
}

function differences(
  before: ReadonlyMap<string, Device>,
  after: ReadonlyMap<string, Device>,
): readonly (readonly [EventType, Device])[] {
  const changes: [EventType, Device][] = [];
  for (const [path, device] of before) if (!after.has(path)) changes.push(["device.removed", device]);
  for (const [path, device] of after) {
    const known = before.get(path);
    if (!known) changes.push(["device.added", device]);
    else if (JSON.stringify(known) !== JSON.stringify(device)) changes.push(["device.changed", device]);
  }
  return changes;
}
