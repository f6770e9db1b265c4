/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export const percent = (share: number): string => (100 * share).toFixed(2);
export const thousands = (value: number): string => value.toLocaleString("en");
export const megabytes = (bytes: number | null): string => (bytes === null ? "–" : (bytes / 1e6).toFixed(0));
