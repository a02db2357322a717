/** What the kernel's errors of reading and writing mean for a disk. */
import { DiskError, reasonOf, type Disk } from "./disk.ts";

/** The device has left. A pulled one also answers with EIO, ENOSPC or "end of file", so others are asked about too. */
const goneReasons: ReadonlySet<string> = new Set(["ENODEV", "ENXIO", "ENOMEDIUM"]);

/**
 * Our own mistakes and closed doors: no sector is bad because of them. Everything else is taken for bad sectors: EIO, and
 * by bus and kernel ENODATA (a medium error of NVMe and SCSI), EREMOTEIO, EILSEQ, ETIMEDOUT, ENOSPC (a thin medium).
 */
const refusedReasons: ReadonlySet<string> = new Set([
  "EPERM",
  "EROFS",
  "EACCES",
  "EINVAL",
  "EBADF",
  "EFAULT",
]);

export type Meaning = "gone" | "refused" | "bad";

export function meaningOf(error: unknown): Meaning {
  const reason = reasonOf(error instanceof DiskError ? error.cause : error);
  if (goneReasons.has(reason)) return "gone";
  return refusedReasons.has(reason) ? "refused" : "bad";
}

/** A short write is no end: the rest is asked for, and the answer to that tells why. Throws a `DiskError`. */
export async function writeFully(disk: Disk, parts: readonly Uint8Array[], offset: number): Promise<void> {
  let at = offset;
  for (let left = parts; left.length > 0;) {
    const written = await disk.write(left, at).catch(failedTo("write", at));
    if (written <= 0) throw new DiskError("write", at, new Error("it takes no more bytes"));
    at += written;
    left = behind(left, written);
  }
}

/** What is left of the parts without so many bytes at their beginning. */
function behind(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let passed = 0;
  return parts.flatMap((part) => {
    const from = Math.max(0, bytes - passed);
    passed += part.length;
    return from < part.length ? [part.subarray(from)] : [];
  });
}

/** A disk that was pulled answers with "end of file": within the disk that is an error. Throws a `DiskError`. */
export async function readFully(disk: Disk, into: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const at = offset + done;
    const count = await disk.read(done === 0 ? into : into.subarray(done), at).catch(failedTo("read", at));
    if (count <= 0) throw new DiskError("read", at, new Error("it gives no more bytes"));
    done += count;
  }
}

export async function flushDisk(disk: Disk): Promise<void> {
  await disk.flush().catch(failedTo("flush", 0));
}

function failedTo(verb: "read" | "write" | "flush", offset: number) {
  return (error: unknown): never => {
    throw new DiskError(verb, offset, error);
  };
}
