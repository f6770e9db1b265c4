import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Packages whose tests touch nothing that outlives them: no process, no port, no file, no clock. Their files share a worker, and its modules are loaded once. */
const PURE = "packages/{contracts,convert,domain,onnx,ui,validate}/src/**/*.test.{ts,tsx}";

/** Unit and integration tests of every package and app, in one run: real Postgres, broker and file system, a fork per file. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    pool: "forks",
    maxWorkers: 2,
    passWithNoTests: false,
    projects: [
      { extends: true, test: { name: "pure", include: [PURE], isolate: false, testTimeout: 30_000 } },
      {
        extends: true,
        test: {
          name: "real",
          include: ["packages/*/src/**/*.test.{ts,tsx}", "apps/*/src/**/*.test.{ts,tsx}", "apps/standalone/launch/*.test.js"],
          exclude: [PURE, "**/node_modules/**"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
