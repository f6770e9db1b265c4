const KEY = "flotilla.recent-filters";
const MOST = 5;

/** The last filters of this browser, newest first. Where nothing may be kept there are none. */
export function readRecentFilters(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function keepRecentFilter(filter: string): void {
  const text = filter.trim();
  if (text === "") return;
  try {
    const kept = [text, ...readRecentFilters().filter((each) => each !== text)].slice(0, MOST);
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Private windows may keep nothing; the filter is in the address all the same.
  }
}
