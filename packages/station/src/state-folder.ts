/** The folder in which a station keeps everything it must not forget: journal, token, reports. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { tcpAddressFile, tokenFile } from "@trofie/contract";
import type { Random } from "@trofie/reactor";
import { newSecret } from "./secret.ts";
import { StartError } from "./start-error.ts";
import { whyNot } from "./why-not.ts";

export interface StateFolder {
  readonly path: string;
  readonly journalPath: string;
  readonly tokenPath: string;
  readonly tcpAddressPath: string;
  readonly reportsPath: string;
}

/** Opens the folder, or makes it, for its owner alone. Throws a `StartError` when it cannot be written. */
export function openStateFolder(path: string): StateFolder {
  const folder = {
    path,
    journalPath: join(path, "journal.sqlite"),
    tokenPath: join(path, tokenFile),
    tcpAddressPath: join(path, tcpAddressFile),
    reportsPath: join(path, "reports"),
  };
  try {
    makeFolders(path);
    chmodSync(path, 0o700);
    makeFolders(folder.reportsPath);
    accessSync(path, constants.W_OK | constants.X_OK);
    return folder;
  } catch (error) {
    throw new StartError(`Cannot use the state folder ${path}: ${whyNot(error)}`, { cause: error });
  }
}

/**
 * The secret that opens the TCP port, made at the first start: 256 bits, base64url, readable by the owner alone. It is
 * there whole or not at all. An empty file lets nobody in, and is replaced.
 */
export function tokenOf({ tokenPath }: StateFolder, random: Random): string {
  try {
    const known = existsSync(tokenPath) ? readFileSync(tokenPath, "utf8").trim() : "";
    if (known !== "") return known;
    const token = newSecret(random, 32);
    const writtenPath = `${tokenPath}.new`;
    writeFileSync(writtenPath, token, { mode: 0o600, flush: true });
    renameSync(writtenPath, tokenPath);
    return token;
  } catch (error) {
    throw new StartError(`Cannot use ${tokenPath}: ${whyNot(error)}`, { cause: error });
  }
}

/**
 * Makes a folder and those above it, for their owner alone. Not by `recursive: true`: that never returns where the
 * kernel answers ENOENT below a folder that is there, as in /proc.
 */
export function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
