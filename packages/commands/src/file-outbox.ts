/**
 * An outbox in a file: a line of JSON for each command, and one more for its verdict. A command is flushed to the medium
 * before it is sent.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { OutboxStore, SavedCommand } from "./outbox-store.ts";

type Line = { readonly sent: SavedCommand } | { readonly settled: string };

/** Keeps commands in the file at `path`, in a folder that is there; the file goes with the last command's verdict. */
export class FileOutbox implements OutboxStore {
  readonly path: string;
  readonly #open = new Map<string, SavedCommand>();
  #file: number | null = null;

  constructor(path: string) {
    this.path = path;
    for (const line of linesOf(path)) this.#take(line);
  }

  load(): readonly SavedCommand[] {
    return [...this.#open.values()];
  }

  save(command: SavedCommand): void {
    this.#append({ sent: command });
    this.#take({ sent: command });
  }

  remove(cmd: string): void {
    if (!this.#open.has(cmd)) return;
    this.#append({ settled: cmd });
    this.#take({ settled: cmd });
    if (this.#open.size === 0) this.#delete();
  }

  #take(line: Line): void {
    if ("sent" in line) this.#open.set(line.sent.cmd, line.sent);
    else this.#open.delete(line.settled);
  }

  /** A new file's name is in the folder only after the folder itself was flushed (fsync(2)). */
  #append(line: Line): void {
    const isNew = this.#file === null && !existsSync(this.path);
    this.#file ??= openSync(this.path, "a", 0o600);
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
    fdatasyncSync(this.#file);
    if (isNew) flushFolder(dirname(this.path));
  }

  #delete(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    rmSync(this.path, { force: true });
  }
}

/** A last line without its end was never flushed, so its command was never sent. */
function linesOf(path: string): Line[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}

function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
