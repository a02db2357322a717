import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { asError } from "../as-error.ts";
import type { Fields } from "./fields.ts";

/** The PEM text of the files that these fields name, one after the other. */
export function readPem(fields: Fields<string>, ...names: string[]): string {
  return names.map((name) => readOne(fields, name)).join("\n");
}

function readOne(fields: Fields<string>, name: string): string {
  const path = fields.text(name);
  if (path === undefined) return "";
  try {
    return statSync(path).isDirectory() ? readFolder(path) : readFileSync(path, "utf8");
  } catch (error) {
    throw fields.error(name, `the ${name} cannot be read (${asError(error).message})`);
  }
}

/** As Twisted's `trustRoots`: all files of the folder that are called `.pem`; there must be one. */
function readFolder(folder: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith(".pem"));
  if (files.length === 0) throw new Error("the folder has no file that is called .pem");
  return files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
}
