/** Finds the snippets of the documentation: fenced blocks of pages, and examples in docstrings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");

export interface Snippet {
  /** Its page or source file, from the root of the repository, and the line where it begins. */
  readonly path: string;
  readonly line: number;
  readonly language: string;
  /** What `file=` says: the file that the reader is to write. */
  readonly file: string | undefined;
  readonly text: string;
}

/** A part of a page under one heading. */
export interface Section {
  readonly title: string;
  readonly snippets: readonly Snippet[];
}

/** All fenced blocks of a page. */
export function snippetsOfPage(path: string): Snippet[] {
  return fencedBlocks(path, readFileSync(join(root, path), "utf8"));
}

/** The examples in the docstrings of a source file. */
export function snippetsOfDocstrings(path: string): Snippet[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  let isInside = false;
  const comments = lines.map((line) => {
    if (/^\s*\/\*\*/.test(line)) isInside = true;
    const comment = isInside ? (/^\s*\* ?(.*)$/.exec(line)?.[1] ?? "") : "";
    if (line.includes("*/")) isInside = false;
    return comment;
  });
  return fencedBlocks(path, comments.join("\n"));
}

/** The parts of a page whose headings match, each with its blocks. */
export function sectionsOf(path: string, heading: RegExp): Section[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  const headings = lines.flatMap((text, index) =>
    text.startsWith("## ") ? [{ text, line: index + 1 }] : [],
  );
  const snippets = snippetsOfPage(path);
  return headings.flatMap(({ text, line }, index) => {
    const end = headings[index + 1]?.line ?? Infinity;
    const inside = snippets.filter((snippet) => snippet.line > line && snippet.line < end);
    return heading.test(text) ? [{ title: text.slice("## ".length), snippets: inside }] : [];
  });
}

function fencedBlocks(path: string, text: string): Snippet[] {
  return [...text.matchAll(/^```(\w+)(.*)\n([^]*?)^```$/gm)].map(
    ([, language = "", info = "", body = ""], index, all) => ({
      path,
      line: text.slice(0, all[index]!.index).split("\n").length,
      language,
      file: /file=(\S+)/.exec(info)?.[1],
      text: body,
    }),
  );
}
