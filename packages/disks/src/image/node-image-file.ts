/** A new file in the folder of images: has its name only when all of it is there. */
import { constants, type FileHandle, link, open, rename, stat, unlink } from "node:fs/promises";
import { reasonOf } from "../disk/disk.ts";
import { ImageError } from "./image-error.ts";

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;

/** Where it is written until it is whole; hidden, so that nobody takes it for an image. */
export function partialPath(folder: string, name: string): string {
  return `${folder}/.${name}.part`;
}

export class NewImageFile {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly partialPath: string;
  #sizeBytes = 0;

  private constructor(file: FileHandle, folder: string, name: string) {
    this.#file = file;
    this.#path = `${folder}/${name}`;
    this.partialPath = partialPath(folder, name);
  }

  /** Throws the system's error, EEXIST when somebody writes it already. Nobody but its owner may read it: it is a disk's content. */
  static async create(folder: string, name: string): Promise<NewImageFile> {
    const flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW;
    return new NewImageFile(await open(partialPath(folder, name), flags, 0o600), folder, name);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async add(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.length - done;
      const { bytesWritten } = await this.#file
        .write(bytes, done, rest, this.#sizeBytes + done)
        .catch(throwInWords);
      if (bytesWritten <= 0) throw new ImageError("the folder of images takes no more bytes");
      done += bytesWritten;
    }
    this.#sizeBytes += bytes.length;
  }

  /** Leaves a hole: it reads as zeros and takes no room. */
  skip(lengthBytes: number): void {
    this.#sizeBytes += lengthBytes;
  }

  /** Returns when all is on the medium. */
  async flush(): Promise<void> {
    await this.#file.truncate(this.#sizeBytes).catch(throwInWords);
    await this.#file.sync().catch(throwInWords);
  }

  /** Gives it its name, for good. Throws an `ImageError` when that name has been taken meanwhile, and EEXIST's like. */
  async publish(): Promise<void> {
    const mine = await this.#file.stat({ bigint: true });
    const there = await stat(this.partialPath, { bigint: true });
    if (mine.ino !== there.ino || mine.dev !== there.dev)
      throw new ImageError("another file has taken its place");
    await this.#giveName();
    await this.#file.close();
    await syncFolder(this.#path);
  }

  /** A link never replaces a file; a rename would. */
  async #giveName(): Promise<void> {
    try {
      await link(this.partialPath, this.#path);
      await unlink(this.partialPath);
    } catch (error) {
      if (reasonOf(error) === "EEXIST") throw new ImageError("an image of that name has come meanwhile");
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(reasonOf(error))) return throwInWords(error);
      await this.#renameUnlessThere();
    }
  }

  /** File systems without hard links (vfat, exFAT). */
  async #renameUnlessThere(): Promise<void> {
    const isThere = await stat(this.#path).then(
      () => true,
      () => false,
    );
    if (isThere) throw new ImageError("an image of that name has come meanwhile");
    await rename(this.partialPath, this.#path).catch(throwInWords);
  }

  /** Removes it; it never was an image. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    await unlink(this.partialPath).catch(() => {});
  }
}

/** Removes what an earlier job has left behind, which nobody writes to any more. */
export async function removePartial(folder: string, name: string): Promise<void> {
  await unlink(partialPath(folder, name)).catch(throwInWords);
}

/** A name is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path.slice(0, path.lastIndexOf("/")));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function throwInWords(error: unknown): never {
  const reason = reasonOf(error);
  const words: Record<string, string> = {
    ENOSPC: "the disk of the folder of images is full",
    EDQUOT: "the quota of the folder of images is used up",
    EFBIG: "the file system of the folder of images takes no file of that size",
  };
  throw new ImageError(words[reason] ?? `the folder of images cannot be written to (${reason})`);
}
