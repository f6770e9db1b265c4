import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Unit and integration tests of every package and app, in one run: real Postgres, broker and file system, a fork per file. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["packages/*/src/**/*.test.{ts,tsx}", "apps/*/src/**/*.test.{ts,tsx}", "apps/standalone/launch/*.test.js"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
