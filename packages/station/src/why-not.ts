import { asError } from "@trofie/reactor";

/** Why the file system said no, in words; what is not foreseen, in its own. */
export function whyNot(error: unknown): string {
  const { code, message } = asError(error) as NodeJS.ErrnoException;
  return words[code ?? ""] ?? message;
}

const words: Readonly<Record<string, string>> = {
  EACCES: "it is not ours to write",
  EPERM: "it belongs to somebody else",
  EROFS: "it is on a read-only file system",
  ENOTDIR: "a part of the path is a file",
  EISDIR: "it is a folder",
  ENOENT: "it cannot be made",
  ENOSPC: "its disk is full",
};
