/**
 * How well an entry of the command menu answers the typed words: 0 is not at all. Every word must be in it, as it is written: letters strewn over a
 * sentence are no answer.
 *
 * @param keywords the label first, then further words that find it
 */
export function rankCommand(_id: string, search: string, keywords: readonly string[] = []): number {
  const typed = search.trim().toLowerCase();
  const [label = "", ...others] = keywords.map((word) => word.toLowerCase());
  if (label.startsWith(typed)) return 1;
  if (label.includes(typed)) return 0.8;
  const all = [label, ...others].join(" ");
  return typed.split(/\s+/).every((word) => all.includes(word)) ? 0.5 : 0;
}
