#!/usr/bin/env node
// `npm start` and `npm test`. Plain JavaScript for Node 20: it brings the dependencies and a newer Node itself.
import { parseOptions, USAGE } from "./launch/options.js";
import { prepare } from "./launch/prepare.js";
import { startStack } from "./launch/start.js";
import { runTests } from "./launch/test.js";

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === "help") {
  console.log(USAGE);
} else if (parsed.kind === "error") {
  console.error(`${parsed.message}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  try {
    if (parsed.command === "start") {
      const node = await prepare({ build: true });
      process.exitCode = await startStack(node, parsed.options);
    } else {
      process.exitCode = await runTests(parsed.options);
    }
  } catch (error) {
    console.error(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
