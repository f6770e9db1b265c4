/**
 * Preload: changes of the data directory fail as a full or read-only disk makes them fail.
 * `?root=DIR&match=REGEX&code=ENOSPC&while=FILE`: those whose label matches, for as long as the file is there.
 */
import { existsSync } from "node:fs";
import { watchFileSystem } from "./watch-fs.ts";

const query = new URL(import.meta.url).searchParams;
const match = new RegExp(query.get("match") ?? "");
const code = query.get("code") ?? "ENOSPC";
const holds = query.get("while") ?? "";

await watchFileSystem(query.get("root") ?? "", async ({ label, act }) => {
  // On a full disk things can still be removed.
  const isTaken = code === "ENOSPC" && /^(rm|unlink) /.test(label);
  if (isTaken || !match.test(label) || !existsSync(holds)) return await act();
  throw Object.assign(new Error(`${code}: injected, ${label}`), { code });
});
