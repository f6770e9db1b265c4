/** Control characters, line separators and the marks that turn text around: none belongs in a name. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A device's own name, safe to show and to log; `fallback` where nothing is left of it. */
export function cleanName(name: string, fallback: string): string {
  const clean = name.replaceAll(UNPRINTABLE, "").replaceAll(/\s+/g, " ").trim();
  return clean === "" ? fallback : clean;
}
