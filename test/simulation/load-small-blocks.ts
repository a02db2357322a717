/** To be loaded first: makes the blocks of the erase code small while it is loaded, so that disks of a few kilobytes have many. */
import { registerHooks } from "node:module";

const file = "/packages/disks/src/erase/streams/block.ts";
const before = "export const blockBytes = 1024 * 1024;";
const after = "export const blockBytes = 4096;";

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(file)) return loaded;
    const source = String(loaded.source);
    if (!source.includes(before)) throw new Error(`Cannot make blocks small: ${file} has changed`);
    return { ...loaded, source: source.replace(before, after) };
  },
});
