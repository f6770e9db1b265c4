/** Rows that are on the screen, by their place in the list. */
export interface VisibleRange {
  first: number;
  last: number;
}

/** The first page and those that hold any row of the range. */
export function pagesOnScreen(sizes: readonly number[], range: VisibleRange): number[] {
  const wanted: number[] = [];
  let start = 0;
  sizes.forEach((size, index) => {
    const end = start + size - 1;
    if (index === 0 || (start <= range.last && end >= range.first)) wanted.push(index);
    start += size;
  });
  return wanted;
}
