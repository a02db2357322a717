/** A method of one's own, as it stands in a file. */
import { readFile } from "node:fs/promises";
import { CustomMethod } from "@trofie/contract";
import { Exit } from "./exit-codes.ts";
import { harmless } from "./harmless.ts";

/** Throws an `Exit` that says where in the file something is wrong, and what. Bytes may have spaces between them. */
export async function readMethodFile(path: string): Promise<CustomMethod> {
  const found = CustomMethod.safeParse(withoutSpaces(parsed(path, await textOf(path))));
  if (found.success) return found.data;
  const wrong = found.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map(strangerText).join("; ")
      : `${placeText(issue.path)}${issue.message}`,
  );
  throw new Exit("usage", `Cannot use the method file ${path}: ${wrong.join("; ")}`);
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it is not ours to read",
  EISDIR: "it is a folder",
};

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const state = unreadable[code] ?? message;
    throw new Exit("usage", `Cannot read the method file ${path}: ${state}`);
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Exit(
      "usage",
      `Cannot use the method file ${path}: it is not JSON (${(error as Error).message})`,
    );
  }
}

/** "92 49 24" is how people write bytes. */
function withoutSpaces(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("passes" in value)) return value;
  const { passes } = value;
  if (!Array.isArray(passes)) return value;
  const tidy = passes.map((pass: unknown) =>
    typeof pass === "string" ? pass.replaceAll(" ", "").toLowerCase() : pass,
  );
  return { ...value, passes: tidy };
}

/** "pass 3: "; counted from 1, as people count passes. */
function placeText([field, index]: readonly PropertyKey[]): string {
  if (field === undefined) return "";
  return field === "passes" && typeof index === "number" ? `pass ${index + 1}: ` : `${String(field)}: `;
}

/** What belongs on the command line, by how people write it in the file. */
const options: Readonly<Record<string, string>> = {
  rounds: "--rounds",
  blank: "--blank",
  verify: "--verify",
  read: "--read",
  reading: "--read",
  stream: "--stream",
  discard: "--discard",
};

function strangerText(key: string): string {
  const option = Object.hasOwn(options, key) ? ` (${options[key]} says it)` : "";
  return `a method has no "${harmless(key)}"${option}`;
}
