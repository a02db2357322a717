import { defineConfig } from "vitest/config";

const conditions = ["trofie-source"];

/**
 * Node reads TypeScript by a WebAssembly program. When a worker thread that read some ends, V8 13.6 may free
 * machine code that another thread has just made for that program's calls, and the process dies (once in about
 * a hundred runs of the threads' tests). No such code is made with this budget, in calls until it would be.
 */
const noWasmWrapperCode = "--wasm-wrapper-tiering-budget=1000000000";

/** Of whole stations, which see the machine's devices and make none: practice disks are files. */
const onPracticeDisks =
  "test/{damaged-journal,dry-run,erase-methods,killed-terminal,older-journal,pause,protocol,python-client,unforeseen,verify,watch-job}.test.ts";

/** These make devices, mounts and machines, of which there is one set: a listing of one would meet those of another. */
const onDevices = {
  include: ["packages/disks/src/**/*.test.ts", "lab/src/**/*.test.ts", "test/*.test.ts"],
  exclude: [onPracticeDisks],
};

/** These keep to themselves. */
const alone = {
  include: [
    "packages/{reactor,commands,contract,station,cli,web}/src/**/*.test.{ts,tsx}",
    "test/*/**/*.test.ts",
    "examples/**/*.test.ts",
    onPracticeDisks,
  ],
};

export default defineConfig({
  test: {
    pool: "forks",
    reporters: ["default", "./scripts/count-reporter.ts"],
    projects: [
      project("alone", alone, { maxWorkers: 2, groupOrder: 0 }),
      project("on devices", onDevices, { maxWorkers: 1, groupOrder: 1 }),
    ],
  },
});

/** One group after the other; `maxWorkers` files of a group at a time. */
function project(
  name: string,
  files: { readonly include: string[]; readonly exclude?: string[] },
  { maxWorkers, groupOrder }: { maxWorkers: number; groupOrder: number },
) {
  return {
    ssr: { resolve: { conditions } },
    test: {
      name,
      ...files,
      maxWorkers,
      sequence: { groupOrder },
      execArgv: [...conditions.map((condition) => `--conditions=${condition}`), noWasmWrapperCode],
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  };
}
