import type { Image } from "@trofie/contract";
import type { Places } from "../discovery/surroundings.ts";
import type { Machine } from "../machine/machine.ts";

/** The files in the folder of images. Throws a `Refusal` NO_IMAGES where there is no such folder. */
export async function listImages(_machine: Machine, _places: Places): Promise<Image[]> {
  throw new Error("not yet");
}
