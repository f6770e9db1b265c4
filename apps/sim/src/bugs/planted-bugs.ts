import type { Bug } from "../world.ts";
import { AGENT_BUGS } from "./agent-bugs.ts";
import { SERVER_BUGS } from "./server-bugs.ts";

/** Mistakes that somebody could make, each of which the simulator has to find. They live here and nowhere in the product. */
export const PLANTED_BUGS: Readonly<Record<string, Bug>> = { ...AGENT_BUGS, ...SERVER_BUGS };

export function bugNamed(name: string | undefined): Bug | null {
  if (name === undefined) return null;
  const bug = PLANTED_BUGS[name];
  if (bug === undefined) throw new Error(`There is no planted bug “${name}”. Known: ${Object.keys(PLANTED_BUGS).join(", ")}.`);
  return bug;
}
