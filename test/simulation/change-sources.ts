/**
 * Changes sources of ours while they are loaded; the files stay as they are. What is to be changed must stand there
 * exactly once, so that a change which no longer fits is noticed and not passed over.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";

export interface SourceChange {
  /** Under packages/: "erase/…" of which package it is stands in it. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const packages = join(import.meta.dirname, "../../packages");

/** Throws when a change does not fit its file. */
export function checkChanges(changes: readonly SourceChange[]): void {
  for (const { file, find } of changes) {
    const times = readFileSync(join(packages, file), "utf8").split(find).length - 1;
    if (times !== 1)
      throw new Error(`Cannot change ${file}: it holds ${times} times ${JSON.stringify(find)}`);
  }
}

/** As `checkChanges`. To be called before the files are loaded. */
export function changeSources(changes: readonly SourceChange[]): void {
  checkChanges(changes);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const due = changes.filter(({ file }) => url.endsWith(`/packages/${file}`));
      if (due.length === 0) return loaded;
      const source = due.reduce(
        (text, { find, replace }) => text.replace(find, () => replace),
        textOf(loaded.source),
      );
      return { ...loaded, source };
    },
  });
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | null | undefined): string {
  if (typeof source === "string") return source;
  return new TextDecoder().decode(source ?? undefined);
}

/**
 * Numbers that are made small, so that in a world of kilobytes and seconds all happens that happens in one of terabytes
 * and days: many blocks on a disk, watchers that do not take all at once, commands that wait.
 */
export const smallWorld: readonly SourceChange[] = [
  {
    file: "disks/src/erase/streams/block.ts",
    find: "export const blockBytes = 1024 * 1024;",
    replace: "export const blockBytes = 4096;",
  },
  {
    file: "disks/src/erase/write-pass.ts",
    find: "const fastBlocksPerSecond = 64;",
    replace: "const fastBlocksPerSecond = 24;",
  },
  {
    file: "commands/src/channel.ts",
    find: "export const highWaterBytes = 65_536;",
    replace: "export const highWaterBytes = 3_000;",
  },
  {
    file: "commands/src/channel.ts",
    find: "export const lowWaterBytes = 16_384;",
    replace: "export const lowWaterBytes = 1_000;",
  },
  {
    file: "commands/src/event-reader.ts",
    find: "const rowsPerRead = 64;",
    replace: "const rowsPerRead = 3;",
  },
  {
    file: "commands/src/dispatcher.ts",
    find: "const mostWaiting = 64;",
    replace: "const mostWaiting = 2;",
  },
];

/** What is no other in such a world, and found out only once. */
export const foundOnce: readonly SourceChange[] = [
  {
    file: "disks/src/disk/open-planned.ts",
    find: `import { discoverWithoutContents, type Found } from "../discovery/discover.ts";`,
    replace: `import type { Found } from "../discovery/discover.ts";
import { discoverWithoutContents } from "../../../../test/simulation/discovered-once.ts";`,
  },
];
