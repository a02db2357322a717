/** Opens an image to be written to a device, and finds out what can be known of it without unpacking it. */
import { Refusal } from "@trofie/commands/errors";
import type { Image } from "@trofie/contract";
import { alignedMemory } from "../disk/aligned-memory.ts";
import { reasonOf, type OpenedDisk } from "../disk/disk.ts";
import type { Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { doubtAbout, packedFormats, zstdContentBytes } from "./image-formats.ts";
import { imageOf, isImageName } from "./list-images.ts";

export interface OpenedImage {
  readonly path: string;
  readonly image: Image;
  readonly file: OpenedDisk;
}

const programLimitMs = 30_000;

/** Throws a `Refusal` IMAGE_NOT_FOUND or IMAGE_UNUSABLE. `onto` is the path of the device it is for. */
export async function openImage(
  machine: Machine,
  folder: string,
  name: string,
  onto: string,
): Promise<OpenedImage> {
  const path = `${folder}/${name}`;
  const kind = isImageName(name) ? ((await machine.stat(path))?.kind ?? null) : null;
  if (kind === null) throw refusal("IMAGE_NOT_FOUND", name, onto, `there is no such image in ${folder}`);
  // A pipe that nobody writes to would hang whoever opens it.
  if (kind !== "regular") throw unusable(name, onto, "it is no regular file");
  const file = await openFile(machine, path, name, onto);
  try {
    const image = imageOf(name, file.file);
    const doubt = file.file.kind === "regular" ? await doubtOf(file, image) : "it is no regular file";
    if (doubt !== null) throw unusable(name, onto, doubt);
    return { path, image, file };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export function unusable(name: string, onto: string, state: string): Refusal {
  return refusal("IMAGE_UNUSABLE", name, onto, state);
}

/** Of the content; null where only unpacking would tell. Throws a `Refusal` IMAGE_UNUSABLE. */
export async function contentBytesOf(
  machine: Machine,
  { path, image, file }: OpenedImage,
  onto: string,
): Promise<number | null> {
  const contentBytes = await statedBytes(machine, { path, image, file }, onto);
  if (contentBytes === 0) throw unusable(image.name, onto, "there is nothing in it");
  return contentBytes;
}

async function statedBytes(
  machine: Machine,
  { path, image, file }: OpenedImage,
  onto: string,
): Promise<number | null> {
  if (image.format === "raw") return image.sizeBytes;
  if (image.format === "gz") return null; // its ISIZE is the size modulo 2^32 (RFC 1952 §2.3.1), of its last member alone
  if (image.format === "xz") return xzContentBytes(machine, path, image.name, onto);
  const lastBytes = await readAt(file, Math.floor(Math.max(0, image.sizeBytes - 1) / 4096) * 4096);
  return zstdContentBytes(await readAt(file, 0), lastBytes, image.sizeBytes);
}

/** The index at an archive's end knows it (The .xz File Format §4); what is no whole archive has none. */
async function xzContentBytes(machine: Machine, path: string, name: string, onto: string): Promise<number> {
  const args = ["--robot", "--list", "--", path];
  const listed = await machine.execute("xz", args, { limitMs: programLimitMs });
  if (listed === null) throw unusable(name, onto, "the program xz is not installed");
  const [, , , , contentBytes] = /^totals\t.*$/m.exec(listed.stdout)?.[0].split("\t") ?? [];
  if (listed.exitCode === 0 && contentBytes !== undefined) return Number(contentBytes);
  const words = listed.stderr
    .trim()
    .split("\n")
    .at(-1)
    ?.replace(/^xz: .*: /, "");
  throw unusable(
    name,
    onto,
    `it is no whole xz archive (${printable(words ?? null) ?? "xz cannot list it"})`,
  );
}

/** Throws a `Refusal` when the program that unpacks it is not there. */
export async function needUnpacker(machine: Machine, { name, format }: Image, onto: string): Promise<void> {
  if (format === "raw") return;
  const { program } = packedFormats[format].unpack;
  const found = await machine.execute(program, ["--version"], { limitMs: programLimitMs });
  if (found === null) throw unusable(name, onto, `the program ${program} is not installed`);
}

async function openFile(machine: Machine, path: string, name: string, onto: string): Promise<OpenedDisk> {
  try {
    return await machine.openToRead(path);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === "ELOOP") throw unusable(name, onto, "it is a symbolic link");
    if (reason === "ENOENT") throw refusal("IMAGE_NOT_FOUND", name, onto, "it is gone");
    throw unusable(name, onto, `it cannot be opened (${reason})`);
  }
}

async function doubtOf(file: OpenedDisk, { format, sizeBytes }: Image): Promise<string | null> {
  return sizeBytes === 0 ? "it is empty" : doubtAbout(format, await readAt(file, 0));
}

/** Up to 4096 bytes from an offset that direct I/O takes; none where it cannot be read. */
async function readAt(file: OpenedDisk, offset: number): Promise<Uint8Array> {
  const memory = alignedMemory(4096);
  const count = await file.read(memory, offset).catch(() => 0);
  return memory.subarray(0, count);
}

function refusal(code: string, name: string, onto: string, state: string): Refusal {
  return new Refusal(code, `Cannot write ${printable(name) ?? "it"} to ${onto}: ${state}`);
}
