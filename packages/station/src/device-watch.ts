/**
 * Watches which devices there are, and records each arrival, change and departure.
 *
 * The kernel tells of what is plugged in and pulled out; a look now and then sees what it does not tell, such as that a
 * device was mounted. How warm a disk is changes all the time, and is no event.
 */
import { Refusal } from "@trofie/commands";
import type { Device, EventType } from "@trofie/contract";
import type { DiskHost } from "@trofie/disks";
import type { Clock, DelayedCall } from "@trofie/reactor";
import type { Journal } from "./journal.ts";

const lookEveryMs = 2_000;

/** On a slow machine, or one with a hundred disks: the machine is there for its jobs, and no more than a tenth for us. */
const restsForEachMs = 9;
const lookAtLeastEveryMs = 60_000;

export interface DeviceWatchOptions {
  readonly host: DiskHost;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

type Change = readonly [EventType, Device];

export class DeviceWatch {
  /** Called when devices have come, changed or gone, and that is recorded. */
  onChange: () => void = () => {};
  readonly #options: DeviceWatchOptions;
  #devices: ReadonlyMap<string, Device> = new Map();
  /** As the events have told them: while the journal's disk is full that is less than is known. */
  #told: ReadonlyMap<string, Device> = new Map();
  #timer: DelayedCall | null = null;
  #looking: Promise<void> | null = null;
  /** How long the last look took. */
  #lookTookMs = 0;
  #isLookDue = false;
  readonly #stopping = new AbortController();

  constructor(options: DeviceWatchOptions) {
    this.#options = options;
  }

  get devices(): readonly Device[] {
    return [...this.#devices.values()];
  }

  /**
   * As the events have told them. Whoever is shown more would never hear of its departure, should it leave before its
   * arrival could be recorded.
   */
  get toldDevices(): readonly Device[] {
    return [...this.#told.values()];
  }

  /** Looks now, and records what changed. Two looks at once are one. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  /** Looks now, whenever the kernel says so, and again and again. */
  async start(): Promise<void> {
    await this.look();
    this.#again();
    this.#options.host.watch(() => void this.#changed(), this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#timer?.cancel();
    await this.#looking;
  }

  #again(): void {
    if (this.#stopping.signal.aborted) return;
    const restMs = Math.max(lookEveryMs, restsForEachMs * this.#lookTookMs);
    this.#timer = this.#options.clock.callLater(Math.min(restMs, lookAtLeastEveryMs), () => {
      void this.#lookOrSay().finally(() => this.#again());
    });
  }

  /** A look that is under way may not see it. A disk that is plugged in brings a dozen of these: one look serves them. */
  async #changed(): Promise<void> {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    await this.#looking?.catch(() => {}); // told to whoever asked for that look
    this.#isLookDue = false;
    await this.#lookOrSay();
  }

  async #lookOrSay(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.look().catch(this.#options.onError);
  }

  async #look(): Promise<void> {
    const { host, clock } = this.#options;
    const beganMs = clock.nowMs();
    const found = new Map((await host.list()).map((device) => [device.path, device]));
    this.#lookTookMs = clock.nowMs() - beganMs;
    if (this.#stopping.signal.aborted) return;
    const changes = differences(this.#told, found);
    this.#devices = found;
    if (changes.length > 0 && !this.#tell(changes)) return;
    this.#told = found;
    if (changes.length > 0) this.onChange();
  }

  /** False while the journal's disk is full, of which the journal itself tells: a later look tries again. */
  #tell(changes: readonly Change[]): boolean {
    const { journal } = this.#options;
    try {
      journal.commit(() => changes.forEach(([type, device]) => journal.append(type, null, device)));
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }
}

function differences(
  before: ReadonlyMap<string, Device>,
  after: ReadonlyMap<string, Device>,
): readonly Change[] {
  const changes: Change[] = [];
  for (const [path, device] of before) if (!after.has(path)) changes.push(["device.removed", device]);
  for (const [path, device] of after) {
    const known = before.get(path);
    if (!known) changes.push(["device.added", device]);
    else if (!isAsBefore(known, device)) changes.push(["device.changed", device]);
  }
  return changes;
}

function isAsBefore(before: Device, after: Device): boolean {
  const lasting = (device: Device): string => JSON.stringify({ ...device, temperatureC: null });
  return lasting(before) === lasting(after);
}
