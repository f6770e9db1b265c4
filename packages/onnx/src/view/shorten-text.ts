const MAX_CHARACTERS = 200;
const HEAD = 80;

/** A name or value of a foreign file, cut in the middle where it is too long to be shown: names differ at their ends. */
export function shortenText(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  return `${text.slice(0, HEAD)}…${text.slice(text.length - (MAX_CHARACTERS - HEAD - 1))}`;
}
