import { defineConfig } from "@playwright/test";
import { browserOptions } from "./support/browser.ts";
import { STACK_FILE } from "./support/stack.ts";

/** What a person does, in a real browser against the real stack. One stack serves all files, so they run one after another. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  globalSetup: "./support/start-stack.ts",
  globalTeardown: "./support/stop-stack.ts",
  use: {
    ...(await browserOptions()),
    locale: "en-GB",
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    screenshot: "only-on-failure",
    // Recording every test to keep one in a hundred takes a fifth of the processor. Ask for it: `--trace on`.
    trace: "off",
  },
  metadata: { stackFile: STACK_FILE },
});
