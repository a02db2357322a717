/** Writing an image onto a device: its plan, and how that is carried out. */
import { Refusal } from "@trofie/commands/errors";
import { confirmationWord, type Device, type ImageWritePlan, type JobReport } from "@trofie/contract";
import { openPlanned } from "../disk/open-planned.ts";
import { refuseUnlessFit } from "../discovery/refuse-work.ts";
import type { CarryOut } from "../job/job-context.ts";
import type { MakePlan } from "../job/plan-context.ts";
import type { Machine } from "../machine/machine.ts";
import { whatTheWordIs } from "../erase/make-plan.ts";
import { planWarnings, likelyMs } from "./plan-remarks.ts";
import { folderOfImages } from "./list-images.ts";
import { contentBytesOf, needUnpacker, openImage, unusable, type OpenedImage } from "./open-image.ts";
import { writeImage } from "./write-image.ts";

export const makeImageWritePlan: MakePlan<"image-write"> = async (context, work) => {
  const { machine, places, found } = context;
  const { device } = found;
  refuseUnlessFit(found, "image-write");
  const opened = await openImage(machine, await folderOfImages(machine, places), work.image, device.path);
  try {
    await needUnpacker(machine, opened.image, device.path);
    const contentBytes = await contentBytesOf(machine, opened, device.path);
    refuseTooLarge(device, opened, contentBytes);
    const holds = await context.holds();
    const bytesTotal = contentBytes === null ? 0 : 2 * contentBytes;
    return {
      kind: "image-write",
      bootId: context.bootId,
      path: device.path,
      identity: device.identity,
      bytesTotal,
      estimatedMs: likelyMs(device, bytesTotal === 0 ? guessedBytes(device, opened) : bytesTotal),
      holds: holds ?? [],
      warnings: [
        ...planWarnings(found, holds),
        ...contentWarnings(device, contentBytes),
        ...(work.grow ? await growWarnings(machine) : []),
      ],
      confirm: { word: confirmationWord(device.path, device.identity), what: whatTheWordIs(device) },
      image: opened.image,
      contentBytes,
      grow: work.grow,
      sha256: work.sha256 ?? null,
    };
  } finally {
    await opened.file.close();
  }
};

function refuseTooLarge(device: Device, { image }: OpenedImage, contentBytes: number | null): void {
  const { sizeBytes } = device.identity;
  if (contentBytes === null || contentBytes <= sizeBytes) return;
  const state = `its content of ${contentBytes} bytes is larger than the device's ${sizeBytes} bytes`;
  throw unusable(image.name, device.path, state);
}

/** Systems shrink to a third or so. Written and read back, and no more than the device takes. */
function guessedBytes(device: Device, { image }: OpenedImage): number {
  return 2 * Math.min(device.identity.sizeBytes, 3 * image.sizeBytes);
}

function contentWarnings({ identity }: Device, contentBytes: number | null): string[] {
  if (contentBytes === null) {
    return ["The image does not say how large its content is: whether it fits turns out while it is written"];
  }
  if (contentBytes >= identity.sizeBytes) return [];
  return [`What lies behind the first ${contentBytes} bytes of the device stays as it is`];
}

/** The programs of a file system itself are looked for when it is known which one it is. */
async function growWarnings(machine: Machine): Promise<string[]> {
  const sfdisk = await machine.execute("sfdisk", ["--version"], { limitMs: 30_000 });
  return sfdisk === null ? ["It will not be grown: sfdisk is not installed (package fdisk)"] : [];
}

export const carryOutImageWrite: CarryOut<"image-write"> = async (context) => {
  const { machine, places, plan } = context;
  const folder = await folderOfImages(machine, places);
  const opened = await openImage(machine, folder, plan.image.name, plan.path);
  try {
    refuseChanged(plan, opened);
    return await writeTo(context, opened);
  } finally {
    await opened.file.close();
  }
};

function refuseChanged(plan: ImageWritePlan, { image }: OpenedImage): void {
  const isSame = image.sizeBytes === plan.image.sizeBytes && image.modifiedAt === plan.image.modifiedAt;
  if (isSame && image.format === plan.image.format) return;
  const state = "the image has changed since the plan was made";
  throw new Refusal("PLAN_CHANGED", `Cannot write ${image.name} to ${plan.path}: ${state}`);
}

async function writeTo(
  context: Parameters<CarryOut<"image-write">>[0],
  opened: OpenedImage,
): Promise<JobReport> {
  const { machine, places, plan } = context;
  const planned = await openPlanned(machine, places, plan, { verb: "write to" });
  try {
    return await writeImage({ ...context, opened, planned });
  } finally {
    await planned.disk.close();
    await tellKernel(context);
  }
}

/** The partitions are others now. A kernel that looks by itself, or that knows no tables, is not hindered by it. */
async function tellKernel({ machine, plan }: Parameters<CarryOut<"image-write">>[0]): Promise<void> {
  if (plan.identity.kind === "practice") return;
  await machine.execute("blockdev", ["--rereadpt", plan.path], { limitMs: 10_000 });
}
