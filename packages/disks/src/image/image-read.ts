/** Reading a device into a new image: its plan, and how that is carried out. */
import { Refusal } from "@trofie/commands/errors";
import { reasonOf } from "../disk/disk.ts";
import { openPlannedToRead } from "../disk/open-planned.ts";
import { writersOf } from "../discovery/open-elsewhere.ts";
import { findPlanned } from "../discovery/planned-device.ts";
import { refuseUnlessFit } from "../discovery/refuse-work.ts";
import type { Places } from "../discovery/surroundings.ts";
import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";
import type { Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { likelyMs, planWarnings } from "./plan-remarks.ts";
import { formatOf, packedFormats } from "./image-formats.ts";
import { folderOfImages, isImageName } from "./list-images.ts";
import { NewImageFile, partialPath, removePartial } from "./node-image-file.ts";
import { readImage } from "./read-image.ts";

export const makeImageReadPlan: MakePlan<"image-read"> = async (context, work) => {
  const { machine, places, found } = context;
  const { device } = found;
  refuseUnlessFit(found, "image-read");
  await freeFolder(machine, places, device.path, work.image);
  await needPacker(machine, device.path, work.image);
  const holds = await context.holds();
  const bytesTotal = 2 * device.identity.sizeBytes;
  return {
    kind: "image-read",
    bootId: context.bootId,
    path: device.path,
    identity: device.identity,
    bytesTotal,
    estimatedMs: likelyMs(device, bytesTotal),
    holds: holds ?? [],
    warnings: planWarnings(found, holds),
    confirm: null,
    name: work.image,
    format: formatOf(work.image),
  };
};

export const carryOutImageRead: CarryOut<"image-read"> = async (context) => {
  const { machine, places, plan } = context;
  const folder = await freeFolder(machine, places, plan.path, plan.name);
  const planned = await openPlannedToRead(machine, places, plan, { verb: "read" });
  try {
    const file = await createFile(machine, folder, plan.path, plan.name);
    const lastWrite = async () => (await findPlanned(machine, places, plan, "read")).lastWrite;
    return await readImage({ ...context, planned, file, lastWrite });
  } finally {
    await planned.disk.close();
  }
};

/** The folder of images, in which the name is still free. Throws a `Refusal`. */
async function freeFolder(machine: Machine, places: Places, from: string, name: string): Promise<string> {
  const folder = await folderOfImages(machine, places);
  if (!isImageName(name)) throw refusal("IMAGE_UNUSABLE", from, name, "that is no name for an image");
  const path = `${folder}/${name}`;
  const isThere = (await machine.readLink(path)) !== null || (await machine.stat(path)) !== null;
  if (isThere) throw refusal("IMAGE_EXISTS", from, name, "an image of that name is there already");
  if (!(await machine.mayWrite(folder))) {
    throw refusal("IMAGE_UNUSABLE", from, name, "this station may not write to its folder of images");
  }
  return folder;
}

async function needPacker(machine: Machine, from: string, name: string): Promise<void> {
  const format = formatOf(name);
  if (format === "raw") return;
  const { program } = packedFormats[format].unpack;
  const found = await machine.execute(program, ["--version"], { limitMs: 30_000 });
  if (found === null) throw refusal("IMAGE_UNUSABLE", from, name, `the program ${program} is not installed`);
}

/** What a job that crashed has left under that name is removed; what another job is still writing is not. */
async function createFile(
  machine: Machine,
  folder: string,
  from: string,
  name: string,
): Promise<NewImageFile> {
  const left = await machine.stat(partialPath(folder, name));
  if (left !== null) {
    const [writer] = await writersOf(machine, partialPath(folder, name), left);
    if (writer !== undefined) throw refusal("IMAGE_EXISTS", from, name, `${writer} is writing it`);
    await removePartial(folder, name);
  }
  try {
    return await NewImageFile.create(folder, name);
  } catch (error) {
    throw refusal("IMAGE_UNUSABLE", from, name, `it cannot be created (${reasonOf(error)})`);
  }
}

function refusal(code: string, from: string, name: string, state: string): Refusal {
  return new Refusal(code, `Cannot read ${from} into ${printable(name) ?? "it"}: ${state}`);
}
