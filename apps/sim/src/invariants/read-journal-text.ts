import type { Journal } from "@flotilla/agent/core/journal";
import { parseJournal } from "@flotilla/agent/effects/parse-journal";

const MOST_TEXTS = 200;
const read = new Map<string, Journal | null>();

/** The agent's own `parseJournal`, once for each text: the same few journals are looked at after every imagined power cut. */
export function readJournalText(text: string): Journal | null {
  const known = read.get(text);
  if (known !== undefined) return known;
  const journal = parseJournal(text);
  if (read.size >= MOST_TEXTS) read.clear();
  read.set(text, journal);
  return journal;
}
