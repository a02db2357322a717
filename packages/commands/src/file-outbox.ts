/**
 * An outbox in a file: a line of JSON for each command, and one more for its verdict. A command is flushed to the medium
 * before it is sent.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { OutboxStore, SavedCommand } from "./outbox-store.ts";

type Line<C> = { readonly sent: C } | { readonly settled: string };

/** A line of the file is none that was written here, so nobody can tell what else is missing in it. */
export class DamagedOutboxError extends Error {
  override readonly name = "DamagedOutboxError";
}

/**
 * Keeps commands in the file at `path`, in a folder that is there; the file goes with the last command's verdict. What a
 * program keeps beside each command (`C`) comes back with it. Throws a `DamagedOutboxError` for a file that it cannot
 * believe, and the file system's own errors.
 */
export class FileOutbox<C extends SavedCommand = SavedCommand> implements OutboxStore {
  readonly path: string;
  readonly #open = new Map<string, C>();
  #file: number | null = null;
  /** Where the whole lines end. What lies behind them was cut off by a crash or a full disk. */
  #endBytes: number;

  constructor(path: string) {
    this.path = path;
    const text = wholeLinesOf(path);
    this.#endBytes = Buffer.byteLength(text);
    for (const [i, line] of text.split("\n").slice(0, -1).entries())
      this.#take((parseLine(line) as Line<C> | null) ?? damaged(path, i + 1));
  }

  load(): readonly C[] {
    return [...this.#open.values()];
  }

  /** The same command again takes the place of what was kept of it. */
  save(command: C): void {
    this.#append({ sent: command });
    this.#take({ sent: command });
  }

  remove(cmd: string): void {
    if (!this.#open.has(cmd)) return;
    if (this.#open.size > 1) this.#append({ settled: cmd });
    this.#take({ settled: cmd });
    if (this.#open.size === 0) this.#delete();
  }

  #take(line: Line<C>): void {
    if ("sent" in line) this.#open.set(line.sent.cmd, line.sent);
    else this.#open.delete(line.settled);
  }

  /**
   * A new file's name is in the folder only after the folder itself was flushed (fsync(2)). What could not be flushed is
   * taken away again: whoever is told that a command was not sent must not find it sent by the next life.
   */
  #append(line: Line<C>): void {
    const isNew = this.#file === null && !existsSync(this.path);
    const file = (this.#file ??= openSync(this.path, "a", 0o600));
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      ftruncateSync(file, this.#endBytes);
      writeFileSync(file, bytes);
      fdatasyncSync(file);
      if (isNew) flushFolder(dirname(this.path));
    } catch (error) {
      ftruncateSync(file, this.#endBytes);
      throw error;
    }
    this.#endBytes += bytes.length;
  }

  #delete(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#endBytes = 0;
    rmSync(this.path, { force: true });
  }
}

/** A last line without its end was never flushed, so its command was never sent. */
function wholeLinesOf(path: string): string {
  if (!existsSync(path)) return "";
  const text = readFileSync(path, "utf8");
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

/** Null when it is not a line of an outbox. */
function parseLine(text: string): Line<SavedCommand> | null {
  try {
    const line = JSON.parse(text) as Partial<{ sent: Partial<SavedCommand> | null; settled: unknown }> | null;
    if (typeof line?.settled === "string") return { settled: line.settled };
    const { cmd, method, params } = line?.sent ?? {};
    const isCommand = typeof cmd === "string" && typeof method === "string" && params?.cmd === cmd;
    return isCommand ? { sent: line?.sent as SavedCommand } : null;
  } catch {
    return null;
  }
}

function damaged(path: string, lineNumber: number): never {
  throw new DamagedOutboxError(`Cannot read the outbox ${path}: line ${lineNumber} is damaged`);
}

function flushFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
