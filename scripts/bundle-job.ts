/**
 * Bundles the process of a job into a file for each kind of work and a few that they share. There may be a hundred of
 * these processes, and each module that one loads costs it memory.
 */
import { join } from "node:path";
import { build } from "vite";

const disks = join(import.meta.dirname, "../packages/disks");

await build({
  root: disks,
  configFile: false,
  logLevel: "warn",
  resolve: { conditions: ["trofie-source"] },
  ssr: { noExternal: true, resolve: { conditions: ["trofie-source"] } },
  build: {
    ssr: join(disks, "src/job/job-process.ts"),
    outDir: join(disks, "dist"),
    emptyOutDir: false, // The rest of the package is there.
    minify: true,
    target: "node24",
    rollupOptions: {
      output: {
        format: "cjs",
        entryFileNames: "job/job-process.cjs",
        chunkFileNames: "job/parts/[name].cjs",
      },
    },
  },
});
