import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { prepare } from "./prepare.js";
import { command, ROOT, step } from "./steps.js";

/**
 * `npm test`: install, check, unit and integration tests, browser tests. The last line is `N passed, N failed`.
 * @returns {Promise<number>} the exit code
 */
export async function runTests({ only }) {
  const startedAt = Date.now();
  const wanted = (part) => only === undefined || only === part;
  const long = only === "long";
  const node = await prepare({ build: wanted("browser") || long });
  const scratch = mkdtempSync(path.join(os.tmpdir(), "flotilla-test-"));
  const totals = { passed: 0, failed: 0 };
  try {
    if (wanted("check")) await part("checks: types, lint, format, boundaries, unused code", totals, () => runChecks(node));
    if (wanted("unit")) await part("unit and integration tests", totals, () => runVitest(node, path.join(scratch, "vitest.json")));
    if (wanted("browser"))
      await part("browser tests", totals, () => runPlaywright(node, path.join(scratch, "playwright.json"), "--grep-invert"));
    if (long) await part("long browser tests", totals, () => runPlaywright(node, path.join(scratch, "playwright.json"), "--grep"));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`\nTook ${((Date.now() - startedAt) / 60_000).toFixed(1)} minutes.`);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

async function part(name, totals, run) {
  await step(name, async () => {
    const { passed, failed } = await run();
    totals.passed += passed;
    totals.failed += failed;
    return `${passed} passed, ${failed} failed`;
  });
}

async function runChecks(node) {
  const pnpm = path.join(ROOT, "node_modules/pnpm/bin/pnpm.mjs");
  return succeeds(() => command(node.file, [pnpm, "check"], { env: node.env, show: true }));
}

async function runVitest(node, report) {
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [
    vitest,
    "run",
    "--config",
    "packages/config-vitest/vitest.config.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const ended = await succeeds(() => command(node.file, args, { env: node.env, show: true }));
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, "utf8"));
  return { passed: numPassedTests, failed: Math.max(numFailedTests, success && ended.failed === 0 ? 0 : 1) };
}

/** @param {"--grep" | "--grep-invert"} choice of the tests that are marked as long */
async function runPlaywright(node, report, choice) {
  const cli = path.join(ROOT, "apps/web/node_modules/@playwright/test/cli.js");
  const env = { ...node.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const args = [cli, "test", "--config", "e2e/playwright.config.ts", "--reporter=list,json", choice, "@long"];
  const ended = await succeeds(() => command(node.file, args, { cwd: path.join(ROOT, "apps/web"), env, show: true }));
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { stats } = JSON.parse(readFileSync(report, "utf8"));
  return { passed: stats.expected + stats.flaky, failed: Math.max(stats.unexpected, ended.failed) };
}

async function succeeds(run) {
  try {
    await run();
    return { passed: 1, failed: 0 };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return { passed: 0, failed: 1 };
  }
}
