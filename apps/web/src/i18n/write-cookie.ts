const YEAR_SECONDS = 31_536_000;

/** Remembers a harmless preference for a year. */
export function writeCookie(name: string, value: string): void {
  // oxlint-disable-next-line unicorn/no-document-cookie -- the Cookie Store API is missing on plain http and in Firefox
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}
