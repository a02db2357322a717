/** Gives the snippets of the documentation to the project's compiler, each as a module of its own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, type Snippet } from "./snippets.ts";

export interface Module {
  readonly snippet: Snippet;
  /** Where it is written, from the folder's root. */
  readonly path: string;
  readonly text: string;
  /** How many lines stand before the snippet's own. */
  readonly linesBefore: number;
}

/** Writes the modules, and gives back what the compiler complains of, at the lines of the pages. */
export function typeErrorsOf(folder: string, modules: readonly Module[]): string[] {
  for (const { path, text } of modules) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configFor(modules)));
  const tsc = join(root, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], {
    encoding: "utf8",
  });
  const complaints = stdout.split("\n").filter((line) => line !== "");
  return [...new Set(complaints.map((line) => atItsSnippet(line, modules)))];
}

function configFor(modules: readonly Module[]) {
  return {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { noEmit: true, lib: ["es2024", "esnext.disposable", "dom"] },
    files: modules.map(({ path }) => path),
  };
}

/** `step-01/echo.ts(3,4): error …` as `docs/reactor/tutorial.md:37: error …`. */
function atItsSnippet(complaint: string, modules: readonly Module[]): string {
  const [, path, line, what] = /^(\S+)\((\d+),\d+\): (.*)$/.exec(complaint) ?? [];
  const module = modules.find((one) => path?.endsWith(one.path));
  if (!module) return complaint;
  return `${module.snippet.path}:${module.snippet.line + Number(line) - module.linesBefore}: ${what}`;
}
