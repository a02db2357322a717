import { lstatSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runProgram } from "../run-program.ts";

/**
 * Lays a root file system into a folder: what Debian calls essential, and all that this needs, as it is installed on
 * this machine, with its owners, modes and links.
 */
export async function layDebianRoot(folder: string): Promise<void> {
  const listed = await runProgram("dpkg-query", "--listfiles", ...(await neededPackages()));
  const paths = new Set(listed.split("\n").flatMap((path) => realPath(path) ?? []));
  mkdirSync(folder);
  for (const name of ["dev", "proc", "sys", "run", "tmp"]) mkdirSync(join(folder, name));
  for (const name of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(folder, name));
  const list = `${folder}.paths`;
  writeFileSync(list, [...paths].toSorted().join("\n"));
  const script =
    'tar --create --no-recursion --directory=/ --files-from="$1" | tar --extract --directory="$2"';
  await runProgram("sh", "-c", script, "sh", list, folder);
}

/** Of the packages that are installed here. */
async function neededPackages(): Promise<string[]> {
  const format = "--showformat=${db:Status-Status} ${Essential} ${Package}\n";
  const lines = (await runProgram("dpkg-query", "--show", format)).split("\n").map((line) => line.split(" "));
  const installed = lines.flatMap(([status, , name]) => (status === "installed" ? [name!] : []));
  const essential = lines.flatMap(([status, is, name]) =>
    status === "installed" && is === "yes" ? [name!] : [],
  );
  const only = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map(
    (word) => `--no-${word}`,
  );
  const depends = await runProgram("apt-cache", "depends", "--recurse", "--installed", ...only, ...essential);
  const needed = new Set(depends.split("\n"));
  return installed.filter((name) => needed.has(name));
}

/**
 * Where a packaged file really is, relative to the root: dpkg's lists say /bin/sh where /bin is a link to /usr/bin. Null
 * for such links themselves, for the root, and for what was taken off this machine (translations, manuals).
 */
function realPath(path: string): string | null {
  if (!path.startsWith("/") || path === "/." || /^\/(bin|sbin|lib\w*|dev|proc|sys|run|tmp)$/.test(path))
    return null;
  try {
    lstatSync(path);
    return join(realpathSync(dirname(path)), basename(path)).slice(1);
  } catch {
    return null;
  }
}
