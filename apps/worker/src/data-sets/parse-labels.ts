import { FlotillaError } from "@flotilla/contracts/errors";

export interface Labels {
  /** Class index per sample, −1 for "unlabelled"; null when no sample has a label. */
  labels: Int32Array | null;
  /** Class names by index. */
  classNames: string[];
}

const MAX_CLASSES = 100_000;

/**
 * Turns a name per sample into class indices. Names that are all whole numbers are the indices themselves ("7" is class 7);
 * other names are numbered in alphabetical order.
 */
export function indexLabels(names: readonly (string | null)[]): Labels {
  const distinct = [...new Set(names.filter((name) => name !== null))].sort();
  if (distinct.length === 0) return { labels: null, classNames: [] };
  const numeric = distinct.every((name) => /^\d{1,9}$/.test(name));
  const highest = numeric ? Math.max(...distinct.map(Number)) : distinct.length - 1;
  if (highest >= MAX_CLASSES)
    throw new FlotillaError("LABELS_INVALID", `The labels go up to class ${highest}; ${MAX_CLASSES} classes are the limit.`);
  const classNames = numeric ? Array.from({ length: highest + 1 }, (_, index) => String(index)) : distinct;
  const indexOf = new Map(distinct.map((name, index) => [name, numeric ? Number(name) : index]));
  return { labels: Int32Array.from(names, (name) => (name === null ? -1 : (indexOf.get(name) ?? -1))), classNames };
}

/**
 * Labels by folder: the folder right above each file, after the folders that all files share are left out
 * (`mnist/0/a.png` → "0"). Files that lie in no folder of their own have no label.
 */
export function labelsFromFolders(paths: readonly string[]): Labels {
  const folders = paths.map((path) => path.split("/").slice(0, -1));
  const first = folders[0] ?? [];
  let shared = 0;
  while (first[shared] !== undefined && folders.every((parts) => parts[shared] === first[shared])) shared += 1;
  return indexLabels(folders.map((parts) => parts[shared] ?? null));
}

/**
 * Labels by a table of `file,label`, with or without that heading. Every image must have a row; a file may be named with its path or,
 * where that is unambiguous, without it. Throws LABELS_INVALID.
 */
export function labelsFromCsv(csv: string, paths: readonly string[]): Labels {
  const table = new Map(parseRows(csv));
  const names = paths.map((path) => table.get(path) ?? table.get(path.split("/").at(-1) ?? path) ?? null);
  const missing = names.indexOf(null);
  if (missing !== -1) {
    const count = names.filter((name) => name === null).length;
    throw new FlotillaError(
      "LABELS_INVALID",
      `labels.csv has no row for ${count} of ${paths.length} images, the first is "${paths[missing]}". Add "file,label" rows for them.`,
    );
  }
  return indexLabels(names);
}

function parseRows(csv: string): [string, string][] {
  const lines = csv
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  if (/^"?(file|filename|path|image)"?\s*[,;]/i.test(lines[0] ?? "")) lines.shift();
  return lines.map((line, index) => {
    const match = /^\s*(?:"((?:[^"]|"")*)"|([^,;]*))\s*[,;]\s*(?:"((?:[^"]|"")*)"|(.*?))\s*$/.exec(line);
    const file = (match?.[1] ?? match?.[2] ?? "").replaceAll('""', '"').trim();
    const label = (match?.[3] ?? match?.[4] ?? "").replaceAll('""', '"').trim();
    if (file === "" || label === "")
      throw new FlotillaError(
        "LABELS_INVALID",
        `Line ${index + 1} of labels.csv is not "file,label": ${JSON.stringify(line.slice(0, 80))}.`,
      );
    return [file.replace(/^\.\//, ""), label];
  });
}
