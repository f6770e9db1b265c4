/** The nearest of some names, if one is so near that it was probably meant: other case, or one slip in six letters, two in more. */
export function nearestName(typed: string, names: readonly string[]): string | null {
  const wanted = typed.toLowerCase();
  let best: string | null = null;
  let bestSlips = typed.length < 4 ? 0 : typed.length < 7 ? 1 : 2;
  for (const name of names) {
    const slips = countSlips(wanted, name.toLowerCase());
    if (slips > bestSlips || (best !== null && slips === bestSlips)) continue;
    best = name;
    bestSlips = slips;
  }
  return best;
}

/** Damerau's distance with adjacent swaps: letters added, left out, replaced or swapped. */
function countSlips(left: string, right: string): number {
  let before: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1;
      let slips = Math.min((last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + same);
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) slips = Math.min(slips, (before[column - 2] ?? 0) + 1);
      next.push(slips);
    }
    [before, last] = [last, next];
  }
  return last[right.length] ?? 0;
}
