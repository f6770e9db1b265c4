import { buffer } from "node:stream/consumers";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts/errors";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { checkArchiveEntry, checkArchiveTotals, type EntryFacts } from "./check-archive-entry.ts";

export interface ArchiveEntry {
  name: string;
  /** Unpacks this entry; its CRC-size is checked against the directory while it streams. */
  read(): Promise<Uint8Array>;
}

/** Made by Unix or macOS: the upper half of the external attributes is a Unix mode. APPNOTE.TXT 4.4.2.2. */
const UNIX_HOSTS = new Set([3, 19]);

/**
 * Calls `visit` for every file of a zip, in the archive's order. The whole directory is checked first: an archive with one bad
 * entry is refused before anything of it is unpacked. Directories, hidden files and macOS's resource forks are left out.
 *
 * Throws ARCHIVE_UNSAFE_PATH, ARCHIVE_LINK, ARCHIVE_BOMB, or ARCHIVE_BROKEN.
 */
export async function readArchive(path: string, visit: (entry: ArchiveEntry) => Promise<void>): Promise<void> {
  try {
    // Names as bytes: yauzl would otherwise refuse unsafe ones itself, with an error that has no code.
    const zip = await yauzl.openPromise(path, { decodeStrings: false, autoClose: false });
    try {
      const entries = await readDirectory(zip);
      for (const { entry, name } of entries) {
        if (isWanted(name)) await visit({ name, read: async () => buffer(await zip.openReadStreamPromise(entry)) });
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    if (isFlotillaError(error)) throw error;
    if (error instanceof Error && "code" in error) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new FlotillaError("ARCHIVE_BROKEN", `The archive cannot be read: ${why}. It may be cut short; pack and send it again.`, {
      cause: error,
    });
  }
}

async function readDirectory(zip: ZipFile): Promise<{ entry: Entry; name: string }[]> {
  const entries: { entry: Entry; name: string }[] = [];
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const facts = factsOf(entry);
    checkArchiveEntry(facts);
    total += facts.uncompressedBytes;
    checkArchiveTotals(entries.length + 1, total, zip.fileSize);
    entries.push({ entry, name: facts.name });
  }
  return entries;
}

function factsOf(entry: Entry): EntryFacts {
  const host = entry.versionMadeBy >> 8;
  return {
    name: Buffer.from(entry.fileName as unknown as Uint8Array).toString("utf8"),
    compressedBytes: entry.compressedSize,
    uncompressedBytes: entry.uncompressedSize,
    encrypted: (entry.generalPurposeBitFlag & 1) === 1,
    mode: UNIX_HOSTS.has(host) ? entry.externalFileAttributes >>> 16 : 0,
  };
}

function isWanted(name: string): boolean {
  return !name.endsWith("/") && !name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
}
