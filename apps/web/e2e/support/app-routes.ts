import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Seeded } from "./seed.ts";

const APP = fileURLToPath(new URL("../../src/app", import.meta.url));

export interface AppRoutes {
  /** Behind the sign-in. */
  signedIn: string[];
  /** For whoever is not signed in. */
  open: string[];
}

/** What stands for each folder in brackets. */
const PARAMETERS: Readonly<Record<string, keyof Seeded>> = {
  "models/[modelId]": "modelId",
  "versions/[versionId]": "versionId",
  "data-sets/[id]": "dataSetId",
  "devices/[id]": "deviceId",
  "rollouts/[id]": "rolloutId",
};

/**
 * The address of every page of the dashboard, read from its folders, so that no new page is forgotten.
 *
 * @throws a page whose parameter has nothing that stands for it
 */
export async function appRoutes(seeded: Seeded): Promise<AppRoutes> {
  const files = (await readdir(APP, { recursive: true })).filter((file) => path.basename(file) === "page.tsx").sort();
  const routes: AppRoutes = { signedIn: [], open: [] };
  for (const file of files) {
    const folders = path.dirname(file).split(path.sep);
    (folders.includes("(app)") ? routes.signedIn : routes.open).push(addressOf(folders, seeded));
  }
  return routes;
}

function addressOf(folders: readonly string[], seeded: Seeded): string {
  const parts = folders.filter((folder) => folder !== "." && !folder.startsWith("("));
  const filled = parts.map((part, index) => {
    if (!part.startsWith("[")) return part;
    const parameter = PARAMETERS[`${parts[index - 1] ?? ""}/${part}`];
    if (parameter === undefined) throw new Error(`Say in app-routes.ts what stands for ${part} in /${parts.join("/")}.`);
    return seeded[parameter];
  });
  return `/${filled.join("/")}`;
}
