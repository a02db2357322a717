/** What a station is given of disks: folders to practise in and for images, and the names of those that it protects. */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { linuxDiskHost, type LinuxDiskHost } from "@trofie/disks";
import { asError } from "@trofie/reactor";
import { protectedNames } from "./protected-names.ts";
import { StartError } from "./start-error.ts";
import { makeFolders } from "./state-folder.ts";
import { whyNot } from "./why-not.ts";

export interface DiskFolders {
  readonly state: string;
  /** Must be there: its files are disks, and nobody erases what is in a folder that they have only mistyped. */
  readonly practice: string | null;
  /** Is made where it is missing, for its owner alone: an image holds all that its disk did. */
  readonly images: string | null;
  /** Names of devices that are not to be touched, besides those that stand in the state folder. */
  readonly protect?: readonly string[];
}

/** The disks of this machine, and those of the folders. Throws a `StartError` when something cannot be used so. */
export function diskHostOf({ state, practice, images, protect = [] }: DiskFolders): LinuxDiskHost {
  try {
    if (practice !== null) checkPracticeFolder(practice);
    if (practice !== null && images !== null) checkApart(practice, images);
    const host = linuxDiskHost({
      stateFolder: state,
      protect: [...protect, ...protectedNames(state)],
      ...(practice !== null && { practiceFolder: resolve(practice) }),
      ...(images !== null && { imagesFolder: resolve(images) }),
    });
    if (images !== null) openImagesFolder(resolve(images));
    return host;
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(asError(error).message, { cause: error });
  }
}

function checkPracticeFolder(path: string): void {
  const folder = resolve(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new StartError(`Cannot practise in ${folder}: there is no such folder`);
}

/** An image in the practice folder would be offered for erasing. */
function checkApart(practice: string, images: string): void {
  if (realFolder(practice) === realFolder(images))
    throw new StartError(`Cannot keep images in ${resolve(images)}: it is the folder of practice disks`);
}

function openImagesFolder(folder: string): void {
  try {
    makeFolders(folder);
    if (!statSync(folder).isDirectory()) throw new Error("it is a file");
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(`Cannot keep images in ${folder}: ${whyNot(error)}`, { cause: error });
  }
}

/** One that is not there yet is where its path says. */
function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
