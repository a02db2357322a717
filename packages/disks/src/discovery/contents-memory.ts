/** What devices were found to hold when they were read: each is read once, and again only after it was written to. */
import type { Content } from "@trofie/contract";
import { probedContents } from "./contents.ts";
import type { Found } from "./discover.ts";
import type { Machine } from "../machine/machine.ts";

interface Remembered {
  readonly holds: Content[];
  /** The device's last write when it was read. */
  readonly readAt: string;
  /** Its last write when it was last looked at. */
  readonly seenAt: string;
}

export class ContentsMemory {
  readonly #remembered = new Map<string, Remembered>();

  /**
   * Reads a new device at once; one that was written to, when two looks in a row find no further write: a disk that
   * is being erased is left alone. One that cannot be read in time holds what is known without reading: `otherwise`.
   */
  async contents(
    machine: Machine,
    { device, regions, lastWrite }: Found,
    otherwise: Content[],
  ): Promise<Content[]> {
    const known = this.#remembered.get(device.path);
    const isCurrent = known?.readAt === lastWrite;
    const isBusy = known !== undefined && known.seenAt !== lastWrite;
    const holds = isCurrent || isBusy ? known.holds : ((await probedContents(machine, regions)) ?? otherwise);
    const readAt = isBusy ? known.readAt : lastWrite;
    this.#remembered.set(device.path, { holds, readAt, seenAt: lastWrite });
    return holds;
  }
}
