import { FlotillaError } from "@flotilla/contracts/errors";

/** What the directory of a zip says about an entry, before a byte of it is unpacked. */
export interface EntryFacts {
  name: string;
  compressedBytes: number;
  uncompressedBytes: number;
  encrypted: boolean;
  /** Unix mode, 0 where the archive was not made on a Unix. */
  mode: number;
}

export const archiveLimits = {
  entries: 200_000,
  totalBytes: 4 * 10 ** 9,
  entryBytes: 512 * 10 ** 6,
  /** Unpacked to packed. Photos have 1, text 10, a bomb 1,000 and more. */
  ratio: 200,
  /** Below this, a high ratio can do no harm. */
  ratioFloorBytes: 10 * 10 ** 6,
} as const;

const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;

/** Throws ARCHIVE_UNSAFE_PATH, ARCHIVE_LINK, ARCHIVE_BOMB or ARCHIVE_BROKEN for an entry that must not be unpacked. */
export function checkArchiveEntry(entry: EntryFacts): void {
  const shown = JSON.stringify(entry.name.slice(0, 120));
  if (isUnsafePath(entry.name)) {
    throw new FlotillaError(
      "ARCHIVE_UNSAFE_PATH",
      `The archive has an entry ${shown}, which points outside the archive. Pack the folder again without such paths.`,
    );
  }
  const type = entry.mode & TYPE_MASK;
  if (type !== 0 && type !== REGULAR && type !== DIRECTORY) {
    throw new FlotillaError(
      "ARCHIVE_LINK",
      `The archive's entry ${shown} is a link or a device, not a file. Pack the files themselves (zip without -y).`,
    );
  }
  if (entry.encrypted) throw new FlotillaError("ARCHIVE_BROKEN", `The archive's entry ${shown} is encrypted. Pack it without a password.`);
  if (entry.uncompressedBytes > archiveLimits.entryBytes)
    throw bomb(`entry ${shown} would unpack to ${megabytes(entry.uncompressedBytes)}`, archiveLimits.entryBytes);
  const ratio = entry.uncompressedBytes / Math.max(entry.compressedBytes, 1);
  if (entry.uncompressedBytes > archiveLimits.ratioFloorBytes && ratio > archiveLimits.ratio) {
    throw new FlotillaError(
      "ARCHIVE_BOMB",
      `The archive's entry ${shown} would unpack to ${Math.round(ratio)} times its size (${megabytes(entry.uncompressedBytes)}); ${archiveLimits.ratio} times is the limit. Pack real images.`,
    );
  }
}

/** Throws ARCHIVE_BOMB when all entries together are too many or too much. */
export function checkArchiveTotals(entries: number, totalBytes: number, archiveBytes: number): void {
  if (entries > archiveLimits.entries) {
    throw new FlotillaError(
      "ARCHIVE_BOMB",
      `The archive has more than ${archiveLimits.entries} entries, which is the limit. Use a part of the data.`,
    );
  }
  if (totalBytes > archiveLimits.totalBytes)
    throw bomb(`archive would unpack to more than ${megabytes(archiveLimits.totalBytes)}`, archiveLimits.totalBytes);
  if (totalBytes > archiveLimits.ratioFloorBytes && totalBytes / Math.max(archiveBytes, 1) > archiveLimits.ratio) {
    throw new FlotillaError(
      "ARCHIVE_BOMB",
      `The archive would unpack to more than ${archiveLimits.ratio} times its own ${megabytes(archiveBytes)}. Pack real images.`,
    );
  }
}

function isUnsafePath(name: string): boolean {
  const absolute = name.startsWith("/") || /^[a-zA-Z]:/.test(name);
  return name === "" || absolute || name.includes("\\") || name.includes("\0") || name.split("/").includes("..");
}

function bomb(what: string, limitBytes: number): FlotillaError {
  return new FlotillaError("ARCHIVE_BOMB", `The ${what}; ${megabytes(limitBytes)} are the limit. Use a part of the data.`);
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}
