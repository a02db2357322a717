/** The names of protected devices that stand in a state folder, so that whoever starts the station need not think of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./start-error.ts";
import { whyNot } from "./why-not.ts";

/**
 * One name a line; "#" at a line's start, or after a blank, begins a comment. Read once, at the start. Throws a
 * `StartError` when the file is there and cannot be read: nobody knows then what it protects.
 */
export function protectedNames(statePath: string): string[] {
  const path = join(statePath, "protected");
  return textOf(path)
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*/, "").trim())
    .filter((name) => name !== "");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return ""; // of a state folder that is a file more is said later
    const state = code === "EACCES" ? "it is not ours to read" : whyNot(error);
    throw new StartError(`Cannot tell what ${path} protects: ${state}`, { cause: error });
  }
}
