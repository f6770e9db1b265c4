/** A cell of a table that leaves the dashboard. */
export type CsvCell = string | number | boolean | null;

/** RFC 4180: CRLF between lines, quotes where they are needed; null is empty. Text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(toField).join(",")}\r\n`).join("");
}

function toField(cell: CsvCell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Every leaf of plain data as [path, value]: `latency.variant.p50Ms`. For reports that are no table. */
export function flattenData(data: unknown, path = ""): [string, CsvCell][] {
  if (data === null || typeof data === "string" || typeof data === "number" || typeof data === "boolean") return [[path, data]];
  if (typeof data !== "object") return [];
  return Object.entries(data).flatMap(([key, value]) => flattenData(value, path === "" ? key : `${path}.${key}`));
}
