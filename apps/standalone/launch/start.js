import { spawn } from "node:child_process";
import path from "node:path";
import { ROOT } from "./steps.js";

/** Hands over to the supervisor on the newer Node and waits for it. Ctrl-C reaches both; the supervisor stops everything. */
export function startStack(node, options) {
  const args = [path.join(ROOT, "apps/standalone/src/main.ts"), JSON.stringify(options)];
  const child = spawn(node.file, args, { cwd: ROOT, env: node.env, stdio: "inherit" });
  const ignore = () => {};
  const forward = () => child.kill("SIGTERM");
  process.on("SIGINT", ignore);
  process.on("SIGTERM", forward);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", forward);
      resolve(code ?? 1);
    });
  });
}
