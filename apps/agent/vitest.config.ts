import { defineConfig } from "vitest/config";

/** Real processes, TLS and models: a test waits for them, never for a fixed time. */
export default defineConfig({ test: { testTimeout: 40_000, hookTimeout: 40_000, exclude: ["dist/**", "node_modules/**"] } });
