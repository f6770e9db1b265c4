import type { GraphView } from "@flotilla/contracts";

/** The nodes whose operator or name holds the text; those that begin with it first, then in the order of the file. */
export function searchNodes({ nodes }: GraphView, text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const ranked = nodes.flatMap(({ name, op }, index) => {
    const [lowerName, lowerOp] = [name.toLowerCase(), op.toLowerCase()];
    const rank = lowerName === wanted || lowerOp === wanted ? 0 : lowerOp.startsWith(wanted) || lowerName.startsWith(wanted) ? 1 : 2;
    return lowerName.includes(wanted) || lowerOp.includes(wanted) ? { index, rank } : [];
  });
  return ranked.sort((left, right) => left.rank - right.rank || left.index - right.index).map(({ index }) => index);
}
