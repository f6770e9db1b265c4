import { type Journal, journalSchema, slotNameSchema } from "../core/journal.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { readTextIfThere } from "./atomic-file.ts";

/** true where a confirmed release is to be served, or the journal is torn or gone and the slots have to tell. */
export async function expectsHost(paths: AgentPaths): Promise<boolean> {
  const text = await readTextIfThere(paths.fs, paths.journal);
  // Put aside and not yet rebuilt when the agent was ended: the slots are there all the same.
  if (text === null) return (await paths.fs.readdir(paths.slots).catch(() => [])).some((name) => slotNameSchema.safeParse(name).success);
  const journal = parseJournal(text);
  return journal === null || journal.current !== null;
}

/** null where the text is no journal, or one that breaks its own invariants. */
export function parseJournal(text: string): Journal | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = journalSchema.safeParse(value);
  if (!parsed.success) return null;
  const journal = parsed.data;
  if (journal.current !== null && journal.slots[journal.current] === null) return null;
  if (journal.trying !== null && (journal.trying.slot === journal.current || journal.slots[journal.trying.slot] === null)) return null;
  return journal;
}
