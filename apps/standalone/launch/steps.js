import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's root. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** Says a step, runs it, and says how long it took. */
export async function step(name, run) {
  const startedAt = Date.now();
  process.stdout.write(`  ${name} …\n`);
  const note = await run();
  process.stdout.write(`✓ ${name}${note ? `: ${note}` : ""} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
}

/**
 * Runs a command to its end. Its output is shown only when it fails, unless `show` is set.
 * @returns {Promise<string>} what it printed
 */
export function command(file, args, { cwd = ROOT, env = process.env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(new Error(`${path.basename(file)} ${args.join(" ")} ended with ${signal ?? `exit code ${code}`}.\n${output.slice(-6000)}`));
    });
  });
}
