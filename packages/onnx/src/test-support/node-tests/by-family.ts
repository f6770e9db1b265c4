import { type Checked, checkNodeTest } from "./check-node-test.ts";
import type { NodeTest } from "./node-test.ts";

interface Family {
  readonly name: string;
  readonly count: number;
  /** `test: how it differs`. */
  readonly interpreter: readonly string[];
  readonly inference: readonly string[];
}

/** Checks every test and sorts the faults by family of operators. Tests outside our set are left out. */
export function checkByFamily(tests: readonly NodeTest[]): Family[] {
  const found = new Map<string, [string, Checked][]>();
  for (const test of tests) {
    const checked = checkNodeTest(test);
    if (checked !== null) found.set(checked.family, [...(found.get(checked.family) ?? []), [test.name, checked]]);
  }
  const faults = (list: readonly [string, Checked][], what: "interpreter" | "inference"): string[] =>
    list.flatMap(([name, checked]) => (checked[what] === null ? [] : [`${name}: ${checked[what]}`]));
  return [...found].map(([name, list]) => ({
    name,
    count: list.length,
    interpreter: faults(list, "interpreter"),
    inference: faults(list, "inference"),
  }));
}

export function countOf(families: readonly Family[]): number {
  return families.reduce((total, family) => total + family.count, 0);
}
