/** What disks said of their hidden areas: each is asked once for as long as it is attached, one disk at a time. */
import type { Machine } from "../machine/machine.ts";
import { askHiddenAreas, unknownAreas, type HiddenAreas } from "./hidden-areas.ts";
import type { Found } from "./discover.ts";

type Asked = Pick<Found, "device" | "isAta">;

export class HiddenAreasMemory {
  readonly #known = new Map<string, HiddenAreas>();
  readonly #asking = new Map<string, Promise<HiddenAreas>>();
  #last: Promise<unknown> = Promise.resolve();

  /** What is known without asking. A disk that was never asked is asked meanwhile, for the next time. */
  soFar(machine: Machine, { device, isAta }: Asked): HiddenAreas {
    if (!isAta) return device.hidden;
    const known = this.#known.get(keyOf(device));
    if (known === undefined) void this.of(machine, { device, isAta });
    return known ?? unknownAreas;
  }

  /** Asks where it is not known; takes as long as the disk takes to answer, at most some seconds. */
  async of(machine: Machine, { device, isAta }: Asked): Promise<HiddenAreas> {
    if (!isAta) return device.hidden;
    const key = keyOf(device);
    const known = this.#known.get(key) ?? this.#asking.get(key);
    if (known !== undefined) return known;
    const asking = this.#ask(machine, device);
    this.#asking.set(key, asking);
    const answer = await asking;
    this.#known.set(key, answer);
    this.#asking.delete(key);
    return answer;
  }

  /** The device with what it hides, for a plan that says so. */
  async withHiddenAreas(machine: Machine, found: Found): Promise<Found> {
    return { ...found, device: { ...found.device, hidden: await this.of(machine, found) } };
  }

  /** One after another: many disks in one case share their controller. */
  #ask(machine: Machine, { path, identity, logicalSectorBytes }: Asked["device"]): Promise<HiddenAreas> {
    const disk = { path, logicalSectorBytes, sizeBytes: identity.sizeBytes };
    const answer = this.#last.then(() => askHiddenAreas(machine, disk)).catch(() => unknownAreas);
    this.#last = answer;
    return answer;
  }
}

/** The size is in it: what was hidden may be given back while the disk stays attached. */
function keyOf({ path, identity }: Asked["device"]): string {
  return JSON.stringify([path, identity]);
}
