/**
 * Preload: counts the agent's changes of its data directory, or ends it with kill -9 at one of them.
 * `?root=DIR&log=FILE` writes a line a change; `?root=DIR&at=LABEL&nth=N&when=before|torn|after` kills.
 */
import { appendFileSync } from "node:fs";
import { watchFileSystem } from "./watch-fs.ts";

const query = new URL(import.meta.url).searchParams;
const root = query.get("root") ?? "";
const log = query.get("log");
const at = query.get("at");
const nth = Number(query.get("nth"));
const when = query.get("when");
let seen = 0;

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

await watchFileSystem(root, async ({ label, act, tear }) => {
  if (log !== null) appendFileSync(log, `${label}${tear === null ? "" : "\ttorn"}\n`);
  if (label !== at) return await act();
  seen += 1;
  if (seen !== nth) return await act();
  if (when === "torn") await tear?.();
  if (when !== "after") die();
  const result = await act();
  die();
  return result;
});
