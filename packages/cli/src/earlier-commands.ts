/** What programs that have died have asked a station, and nobody has an answer of. */
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DamagedOutboxError, FileOutbox } from "@trofie/commands/file-outbox";
import { complain } from "./complaint.ts";
import {
  outboxFilePattern,
  outboxFolder,
  ownOutboxFile,
  thisHost,
  whyNot,
  type KeptCommand,
} from "./outbox-folder.ts";
import { isAlive } from "./process-mark.ts";
import { programName } from "./program-name.ts";

/** The station that is being talked to, by both its names: the one of its journal, and where it is. */
export interface AskedStation {
  readonly address: string;
  readonly epoch: string;
}

export interface EarlierCommand {
  readonly command: KeptCommand;
  /** It has been told what became of it. */
  settled(): void;
}

/** Takes over what was asked of this station, the oldest first: no other program asks after it any more. */
export function takeOverEarlier(station: AskedStation): EarlierCommand[] {
  const outboxes = deadFiles().flatMap((file) => takenOver(file, station));
  return outboxes
    .flatMap((outbox) =>
      outbox.load().map((command) => ({ command, settled: () => outbox.remove(command.cmd) })),
    )
    .toSorted((a, b) => (a.command.cmd < b.command.cmd ? -1 : 1)); // an id begins with its time
}

interface DeadFile {
  readonly path: string;
  readonly id: string;
}

/** Of programs that are not there any more. */
function deadFiles(): DeadFile[] {
  return namesIn(outboxFolder).flatMap((name) => {
    const { mark, id } = outboxFilePattern.exec(name)?.groups ?? {};
    if (mark === undefined || id === undefined || isAlive(mark)) return [];
    return [{ path: join(outboxFolder, name), id }];
  });
}

/** By its new name it is this program's. Of two that try only one succeeds: for the other it is not there any more. */
function takenOver({ path, id }: DeadFile, station: AskedStation): FileOutbox<KeptCommand>[] {
  try {
    const found = new FileOutbox<KeptCommand>(path).load();
    if (found.length === 0) rmSync(path, { force: true });
    if (!found.some((command) => isFor(command, station))) return [];
    const own = ownOutboxFile(id);
    renameSync(path, own);
    return [new FileOutbox<KeptCommand>(own)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") tellUnreadable(path, error);
    return [];
  }
}

/**
 * By another kind of door the caller is somebody else to the station, which then says nothing of the command. A station
 * with another journal at the old address is the one that has lost it.
 */
function isFor({ address, host, params }: KeptCommand, station: AskedStation): boolean {
  if (host !== thisHost) return false;
  return (
    address === station.address || (params.epoch === station.epoch && isSameDoor(address, station.address))
  );
}

function isSameDoor(one: string, other: string): boolean {
  return one.startsWith("tcp:") === other.startsWith("tcp:");
}

/** What is damaged is put aside, so that it is told once and not lost. */
function tellUnreadable(path: string, error: unknown): void {
  const isDamaged = error instanceof DamagedOutboxError;
  const aside = `${path}.damaged`;
  if (isDamaged) renameSync(path, aside);
  const place = isDamaged ? `; it is put aside as ${aside}` : ` (${path})`;
  complain("warning", {
    code: null,
    message: `Cannot read what an earlier ${programName} has asked of a station: ${whyNot(error)}${place}. What became of it shows: ${programName} jobs`,
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was ever kept there, or it is not ours to read
  }
}
