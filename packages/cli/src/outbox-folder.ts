/**
 * The folder in which each program keeps what it has asked a station and has no answer of: a file for each program, whose
 * name says which one. So nobody waits for anybody, and what a dead one has left can be taken over by renaming it.
 */
import { existsSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { SavedCommand } from "@trofie/commands";
import { ownMark } from "./process-mark.ts";
import { paths } from "./station-address.ts";

export const outboxFolder = join(paths.state, "outbox");

/** A command, with what is needed to ask after it later. */
export interface KeptCommand extends SavedCommand {
  /** Where the station was that it was sent to. */
  readonly address: string;
  /** The machine of the program that gave it: the folder may be on a disk that several share. */
  readonly host: string;
  /** Whoever gave it left before the answer, and does not want it any more. */
  readonly isTakenBack: boolean;
}

export const thisHost = hostname();

/** A file of a program: the mark of the program, and an id of the file. */
export const outboxFilePattern = /^(?<mark>[\w-]+)\.(?<id>[\da-f-]+)\.jsonl$/;

/** Where this program keeps the file with that id. */
export function ownOutboxFile(id: string): string {
  return join(outboxFolder, `${ownMark}.${id}.jsonl`);
}

/** Makes a folder and those above it, for their owner alone. Not by `recursive: true`, which never returns below /proc. */
export function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !existsSync(path)) throw error;
  }
}

/** What the file system says, without its code and its call: "permission denied". */
export function whyNot(error: unknown): string {
  const { message } = error as Error;
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
