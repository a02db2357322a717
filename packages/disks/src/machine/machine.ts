/**
 * The seam to the machine: all that this package asks of a kernel. `linux-machine.ts` is the real one,
 * `testing/memory-machine.ts` is one made of text; nothing else here knows of node:fs or of child processes.
 */
import type { OpenedDisk } from "../disk/disk.ts";

/** What stat(2) says of a file, device numbers written as in sysfs: "8:1". */
export interface FileStat {
  readonly kind: "block" | "regular" | "folder" | "other";
  /** The device that a block device's node stands for; null for everything else. */
  readonly number: string | null;
  /** The device of the file system that the file lies on. */
  readonly onDevice: string;
  readonly inode: string;
  readonly links: number;
  readonly sizeBytes: number;
  /** When its contents were last written, in nanoseconds since 1970; says nothing of a block device's. */
  readonly modified: string;
}

/**
 * Questions are answered with null or [] where there is nothing to be found: a device may leave between two questions.
 * Any other failure is thrown, so that "could not look" never reads as "nothing there"; only paths in folders closed to
 * us do not resolve and have no status, for they are no part of sysfs or /proc and nothing that we could erase.
 */
export interface Machine {
  /** A file's text without the white space around it. */
  readText(path: string): Promise<string | null>;
  /** The names in a folder, sorted. */
  list(folder: string): Promise<string[]>;
  /** The absolute path with every symbolic link followed. */
  resolve(path: string): Promise<string | null>;
  /** One symbolic link's text; asks nothing of the file it leads to, which may hang. */
  readLink(path: string): Promise<string | null>;
  stat(path: string): Promise<FileStat | null>;
  /** Whether we may write to the file, as far as permissions say. */
  mayWrite(path: string): Promise<boolean>;
  /** What a program of this name printed, whatever its exit code; null when it is absent or not done in time. */
  run(program: string, args: readonly string[]): Promise<string | null>;
  /**
   * Runs one of the trade's tools (hdparm, nvme, smartctl) to its end. Null when it is not installed. Their exit codes
   * are no evidence: `hdparm` has ended with 0 on a drive that had refused.
   */
  execute(program: string, args: readonly string[], options: Execution): Promise<Executed | null>;
  /** Opens for reading and writing, exclusively, without creating anything, and past the page cache where possible. */
  open(path: string): Promise<OpenedDisk>;
  /** As `open`, but for reading only, and also what others have open. */
  openToRead(path: string): Promise<OpenedDisk>;
}

export interface Execution {
  /** After that time it is killed and given up. */
  readonly limitMs: number;
  /** Kills it too. */
  readonly signal?: AbortSignal;
  /** What it reads from its standard input; nothing without it. */
  readonly input?: string;
}

export interface Executed {
  /** Null when a signal or the time limit ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads some files of a sysfs folder in one go and answers for each by its name, null where it is absent. */
export async function readProperties<const K extends string>(
  machine: Machine,
  folder: string,
  properties: readonly K[],
): Promise<(property: K) => string | null> {
  const texts = await Promise.all(properties.map((property) => machine.readText(`${folder}/${property}`)));
  return (property) => texts[properties.indexOf(property)] ?? null;
}
