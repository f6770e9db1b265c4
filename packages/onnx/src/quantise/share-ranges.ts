import type { Node } from "../graph/node.ts";

/**
 * Groups the values that must share scale and zero point: what the nodes of `sharing` read and write. Each value maps to those of its group that no
 * such node wrote; their ranges, united, hold the whole group.
 */
export function shareRanges(values: ReadonlySet<string>, sharing: readonly Node[]): Map<string, readonly string[]> {
  const parent = new Map([...values].map((value) => [value, value]));
  const find = (value: string): string => {
    let root = value;
    while (parent.get(root) !== root) root = parent.get(root) ?? root;
    return root;
  };
  const derived = new Set<string>();
  for (const node of sharing) {
    const inputs = (node.is("Concat", "Max", "Min") ? node.inputs : node.inputs.slice(0, 1)).filter((input) => values.has(input));
    const [first] = inputs;
    if (first === undefined) continue;
    const outputs = node.outputs.filter((output) => values.has(output));
    for (const value of [...inputs, ...outputs]) parent.set(find(value), find(first));
    for (const output of outputs) derived.add(output);
  }
  const roots = new Map<string, string[]>();
  for (const value of values) {
    if (derived.has(value)) continue;
    const group = roots.get(find(value));
    if (group === undefined) roots.set(find(value), [value]);
    else group.push(value);
  }
  return new Map([...values].map((value) => [value, roots.get(find(value)) ?? [value]]));
}
