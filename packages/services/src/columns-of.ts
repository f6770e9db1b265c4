/** Rows as one array a column, in the order of `keys`: what `unnest` makes rows of again. */
export function columnsOf<T>(rows: readonly T[], keys: readonly (keyof T)[]): unknown[][] {
  return keys.map((key) => rows.map((row) => row[key]));
}
