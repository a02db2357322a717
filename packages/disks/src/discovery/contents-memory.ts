/** What devices were found to hold when they were read: each is read once, and again only after it was written to. */
import type { Content } from "@trofie/contract";
import { probedContents } from "./contents.ts";
import type { Found } from "./discover.ts";
import type { Machine } from "../machine/machine.ts";
import { waitAWhile } from "./node-wait-a-while.ts";

interface Remembered {
  readonly holds: Content[];
  /** The device's last write when it was read. */
  readonly readAt: string;
  /** Its last write when it was last looked at. */
  readonly seenAt: string;
}

export interface Look extends Pick<Found, "device" | "regions" | "lastWrite"> {
  /** What is known without reading. */
  readonly known: Content[];
  /** False when the device is to be read for what it holds. */
  readonly isEnough: boolean;
}

export class ContentsMemory {
  readonly #remembered = new Map<string, Remembered>();
  /** The devices that are being read. */
  readonly #asked = new Set<string>();

  /**
   * Reads new devices at once, one after another; those that were written to, when two looks in a row find no further
   * write: a disk that is being erased is left alone. One that does not answer holds up the others for a while only, and
   * until it has, holds what is known.
   */
  async contents(machine: Machine, looks: readonly Look[]): Promise<Content[][]> {
    for (const look of looks) if (this.#isDue(look)) await waitAWhile(this.#read(machine, look));
    return looks.map((look) => (look.isEnough ? look.known : this.#recall(look)));
  }

  #isDue({ device, lastWrite, isEnough }: Look): boolean {
    if (isEnough || this.#asked.has(device.path)) return false;
    const before = this.#remembered.get(device.path);
    if (before === undefined) return true;
    return before.readAt !== lastWrite && before.seenAt === lastWrite;
  }

  async #read(machine: Machine, { device, regions, lastWrite, known }: Look): Promise<void> {
    this.#asked.add(device.path);
    try {
      const holds = (await probedContents(machine, regions)) ?? known;
      this.#remembered.set(device.path, { holds, readAt: lastWrite, seenAt: lastWrite });
    } finally {
      this.#asked.delete(device.path);
    }
  }

  #recall({ device, lastWrite, known }: Look): Content[] {
    const before = this.#remembered.get(device.path);
    if (before === undefined) return known;
    this.#remembered.set(device.path, { ...before, seenAt: lastWrite });
    return before.holds;
  }
}
