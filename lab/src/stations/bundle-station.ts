import { join } from "node:path";
import { build } from "vite";
import { guestStationProgram, stationProgram } from "./our-programs.ts";

/**
 * Bundles our station as it was built into one file. To find and compile a thousand modules takes the guest twenty
 * seconds each time it starts, and one file two or three.
 */
export async function bundleStation(): Promise<void> {
  await build({
    root: join(import.meta.dirname, "../.."),
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: stationProgram,
      outDir: join(guestStationProgram, ".."),
      minify: true,
      target: "node24",
      rollupOptions: { output: { entryFileNames: "station.mjs", codeSplitting: false } },
    },
  });
}
