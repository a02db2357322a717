import { defineConfig } from "vitest/config";

const conditions = ["trofie-source"];

/** These make devices, mounts and machines, of which there is one set: a listing of one would meet those of another. */
const onDevices = ["packages/disks/src/**/*.test.ts", "lab/src/**/*.test.ts", "test/*.test.ts"];

/** These keep to themselves. */
const alone = [
  "packages/{reactor,commands,contract,station,cli,web}/src/**/*.test.{ts,tsx}",
  "test/*/**/*.test.ts",
  "examples/**/*.test.ts",
];

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
  include: string[],
  { maxWorkers, groupOrder }: { maxWorkers: number; groupOrder: number },
) {
  return {
    ssr: { resolve: { conditions } },
    test: {
      name,
      include,
      maxWorkers,
      sequence: { groupOrder },
      execArgv: conditions.map((condition) => `--conditions=${condition}`),
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  };
}
