import { defineConfig } from "vitest/config";

const conditions = ["trofie-source"];

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.{ts,tsx}",
      "test/**/*.test.ts",
      "examples/**/*.test.ts",
      "lab/src/**/*.test.ts",
    ],
    pool: "forks",
    execArgv: conditions.map((name) => `--conditions=${name}`),
    reporters: ["default", "./scripts/count-reporter.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
