/**
 * Bundles `@trofie/reactor` for publishing, into a file for each of its entries and a few that they share: a program
 * loads a hundred small modules several times slower than one. `--from FOLDER` and `--to FOLDER` say where else.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "vite";

const reactor = join(import.meta.dirname, "../packages/reactor");
const { values } = parseArgs({
  options: {
    from: { type: "string", default: reactor },
    to: { type: "string", default: join(reactor, "dist") },
  },
});

await build({
  root: values.from,
  configFile: false,
  logLevel: "warn",
  build: {
    outDir: values.to,
    emptyOutDir: false, // The declarations are there.
    minify: false,
    target: "node24",
    lib: { entry: entries(values.from), formats: ["es"] },
    rollupOptions: { external: [/^node:/], output: { chunkFileNames: "shared/[name].js" } },
  },
});

/** Each file that the package exports, by where it is published and where its source is. */
function entries(folder: string): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly exports: Record<string, { readonly "trofie-source": string; readonly default: string }>;
  };
  return Object.fromEntries(
    Object.values(exports).map((entry) => [
      entry.default.replace(/^\.\/dist\/(.+)\.js$/, "$1"),
      join(folder, entry["trofie-source"]),
    ]),
  );
}
