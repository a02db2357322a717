/** Where the bench finds and puts things. */
import { join } from "node:path";

const lines = import.meta.dirname;
export const bench = join(lines, "..");
export const root = join(bench, "..");
export const node26 = join(root, "tools/node-26");
export const build = join(bench, "dist");
export const servers = join(lines, "servers");
export const loadSources = join(lines, "load");

/** The programs of ours that are measured, compiled as a published package is. */
export const compiled = (program: string): string => join(build, "lines", `${program}.js`);

export const nodePaths = {
  24: join(root, "node_modules/node/bin/node"),
  26: join(node26, "node_modules/node26/bin/node"),
} as const;

export type NodeVersion = keyof typeof nodePaths;
export const nodeVersions: readonly NodeVersion[] = [24, 26];
