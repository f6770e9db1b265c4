import { type Assignment, assignmentSchema, type Reason } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { emptyJournal, type Journal } from "../core/journal.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { fsyncDirectory, isNodeError, readTextIfThere, writeFileAtomic } from "./atomic-file.ts";
import { parseJournal } from "./parse-journal.ts";

export async function writeJournal(paths: AgentPaths, journal: Journal): Promise<void> {
  await writeFileAtomic(paths.fs, paths.journal, `${JSON.stringify(journal)}\n`);
}

/** `fault` says that the journal was damaged, and what became of it. */
export type ReadJournal = { journal: Journal; fault: Reason | null };

/**
 * Reads the journal. One that cannot be read is put aside as `journal.json.broken-<ms>` and rebuilt from the slots, which prove
 * themselves by signature and digest; only a slot that was marked as confirmed may become current.
 *
 * @param rebuild reads the slots; called for a broken journal, or a missing one beside slots
 */
export async function readJournal(
  paths: AgentPaths,
  rebuild: () => Promise<Journal | null>,
  now: number,
  logger: Logger,
): Promise<ReadJournal> {
  const text = await readTextIfThere(paths.fs, paths.journal);
  const parsed = text === null ? null : parseJournal(text);
  if (parsed !== null) {
    await makeDurable(paths);
    return { journal: parsed, fault: null };
  }
  const journal = (await rebuild()) ?? emptyJournal();
  // On a disk that takes nothing it is read out of the slots again next time.
  const kept = async (write: Promise<void>): Promise<void> =>
    await write.catch((error: unknown) => logger.error({ error: String(error) }, "the rebuilt journal could not be written"));
  if (text === null) {
    await kept(writeJournal(paths, journal));
    return { journal, fault: null };
  }
  const aside = `${paths.journal}.broken-${now}`;
  logger.error({ aside }, "the journal could not be read: it is put aside and rebuilt from the slots");
  await kept(paths.fs.rename(paths.journal, aside).then(async () => await writeJournal(paths, journal)));
  return { journal, fault: brokenJournal(aside, journal) };
}

/**
 * An agent that was ended between the journal's rename and the fsync of its folder has left a journal that a power cut may still undo: nothing may
 * be built on it before. A disk that has become read-only (a file system does that to itself after an error) changes no more, and is served from as it is.
 *
 * @throws what else the disk throws
 */
async function makeDurable({ fs, data }: AgentPaths): Promise<void> {
  await fsyncDirectory(fs, data).catch((error: unknown) => {
    if (!isNodeError(error) || error.code !== "EROFS") throw error;
  });
}

function brokenJournal(aside: string, { current }: Journal): Reason {
  const found =
    current === null
      ? "neither slot proves a confirmed release, so nothing runs until one is assigned"
      : "the newest confirmed release runs";
  return {
    code: "JOURNAL_BROKEN",
    message: `The agent's journal was damaged. It was kept as ${aside} and rebuilt from the slots: ${found}. Check the disk if this happens again.`,
  };
}

export async function writeAssignment(paths: AgentPaths, assignment: Assignment): Promise<void> {
  await writeFileAtomic(paths.fs, paths.assignment, JSON.stringify(assignment));
}

/** The stored assignment; null where there is none or it cannot be read, since the server has it still. */
export async function readAssignment(paths: AgentPaths): Promise<Assignment | null> {
  const text = await readTextIfThere(paths.fs, paths.assignment);
  if (text === null) return null;
  try {
    const parsed = assignmentSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
