/** The station's folder of images, and what lies in it. */
import { Refusal } from "@trofie/commands/errors";
import type { Image } from "@trofie/contract";
import type { Places } from "../discovery/surroundings.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { formatOf } from "./image-formats.ts";

/** The files in the folder of images. Throws a `Refusal` NO_IMAGES where there is no such folder. */
export async function listImages(machine: Machine, places: Places): Promise<Image[]> {
  const folder = await folderOfImages(machine, places);
  const names = (await machine.list(folder)).filter(isImageName);
  const files = await Promise.all(names.map((name) => regularFile(machine, `${folder}/${name}`)));
  return names.flatMap((name, i) => {
    const file = files[i];
    return file === null || file === undefined ? [] : [imageOf(name, file)];
  });
}

export async function folderOfImages(machine: Machine, { imagesFolder }: Places): Promise<string> {
  if (imagesFolder === null) throw new Refusal("NO_IMAGES", "This station has no folder of images");
  if ((await machine.stat(imagesFolder))?.kind === "folder") return imagesFolder;
  throw new Refusal("NO_IMAGES", `Cannot look for images in ${imagesFolder}: there is no such folder`);
}

/**
 * A name and no path, not hidden (what is still being written has a name with a dot before it), and one that can be shown
 * as it is.
 */
export function isImageName(name: string): boolean {
  return /^[^/\0.][^/\0]*$/.test(name) && printable(name) === name;
}

/** A symbolic link is none, wherever it leads. */
async function regularFile(machine: Machine, path: string): Promise<FileStat | null> {
  if ((await machine.readLink(path)) !== null) return null;
  const file = await machine.stat(path);
  return file?.kind === "regular" ? file : null;
}

export function imageOf(name: string, file: FileStat): Image {
  return {
    name,
    format: formatOf(name),
    sizeBytes: file.sizeBytes,
    modifiedAt: momentOf(BigInt(file.modified)),
  };
}

/** From nanoseconds since 1970 to ISO 8601, with all nine digits: a file that was written again has another moment. */
function momentOf(sinceEpochNs: bigint): string {
  // oxlint-disable-next-line no-restricted-globals -- writes a time that is given, not the clock
  const seconds = new Date(Number(sinceEpochNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(sinceEpochNs % 1_000_000_000n).padStart(9, "0")}Z`;
}
