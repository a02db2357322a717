/** Bytes through a program: what it writes is what comes out. Only so much is read ahead as fits into the pipes. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { reasonOf } from "../disk/disk.ts";
import { toolEnvironment } from "../machine/run-program.ts";
import type { Filter } from "./image-formats.ts";
import { ImageError } from "./image-error.ts";

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Each block of `input` is left alone from when it was taken until the next one is asked for, so its memory can be used
 * again. Throws an `ImageError` in the program's words when it fails, and whatever `input` throws. A consumer that
 * leaves early ends the program. When it returns or throws, nothing is read from `input` any more.
 */
export async function* throughProgram(
  { program, args }: Filter,
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...toolEnvironment(), LC_ALL: "C" },
  });
  const ended = endOf(child);
  const fed = feed(child, input);
  try {
    for await (const bytes of child.stdout) yield bytes as Uint8Array;
    const { code, words } = await ended;
    const problem = await fed;
    if (problem !== null && !isClosedPipe(problem)) throw problem;
    if (code !== 0 || problem !== null)
      throw new ImageError(`${program}: ${words || `it ended with code ${code}`}`);
  } finally {
    child.kill("SIGKILL");
    await fed;
  }
}

/** Never rejects: a program that fails stops reading, and its own words say more than the broken pipe. */
async function feed(child: Child, input: AsyncIterable<Uint8Array>): Promise<unknown> {
  child.stdin.on("error", () => {});
  try {
    for await (const bytes of input) await written(child.stdin, bytes);
    child.stdin.end();
    return null;
  } catch (error) {
    if (!isClosedPipe(error)) child.kill("SIGKILL");
    return error;
  }
}

function written(stdin: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdin.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** ECANCELED: it waited to be written when the pipe was closed. */
const closedPipe = new Set([
  "EPIPE",
  "ECONNRESET",
  "ECANCELED",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);

function isClosedPipe(error: unknown): boolean {
  return closedPipe.has(reasonOf(error));
}

interface End {
  readonly code: number | null;
  /** The last line of its complaints. */
  readonly words: string;
}

function endOf(child: Child): Promise<End> {
  let complaints = "";
  child.stderr.on("data", (text: Buffer) => (complaints = (complaints + text.toString()).slice(-2000)));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: null, words: `it cannot be started (${reasonOf(error)})` }));
    child.on("close", (code) => resolve({ code, words: lastLine(complaints) }));
  });
}

/** "xz: (stdin): Unexpected end of input" without the names of program and file. */
function lastLine(text: string): string {
  const line = text.trim().split("\n").at(-1) ?? "";
  return line
    .replace(/^[\w./]+:\s*/, "")
    .replace(/^(\(stdin\)|stdin|\/\*stdin\*\\)\s*:\s*/, "")
    .trim();
}
