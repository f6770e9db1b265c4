import { type Element, findRepeat, type Repeat } from "./find-repeat.ts";

/** A node, or what several of them were folded into. Blocks of one pattern are built alike. */
export type Part = { kind: "node"; node: number } | { kind: "block" | "run"; pattern: number; parts: readonly Part[] };

export interface Foldable {
  readonly node: number;
  /** What makes two nodes alike. */
  readonly label: string;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** Fewer things than this are seen at a glance and stay as they are. */
const SEEN_AT_A_GLANCE = 40;
/** Folding goes on until so few are left, or nothing repeats. */
const ENOUGH = 24;
/** Elements that may be looked at, over all rounds: a huge graph that hardly repeats is left as it is. */
const BUDGET = 1_000_000;

interface Folding extends Element {
  readonly part: Part;
}

/** Numbers for things with a name: the symbols of elements, the patterns of blocks; the same over all graphs of a drawing. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  of(key: string): number {
    const known = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, known);
    return known;
  }
}

export interface FoldContext {
  readonly isOutput: (value: number) => boolean;
  readonly symbols: Numbering;
  readonly patterns: Numbering;
  /** Which graph is folded: patterns of another one are others. */
  readonly path: string;
}

/**
 * Folds what repeats in a sequence of nodes, each of which stands behind what it reads: stretches of it that are built alike become blocks,
 * and blocks of one pattern that follow one another a run. A stretch is convex, so that the folded graph has no cycle either.
 */
export function foldBlocks(nodes: readonly Foldable[], context: FoldContext): readonly Part[] {
  const sequence = nodes.map(({ node, label, reads, writes }): Folding => {
    return { symbol: context.symbols.of(`node ${label}`), reads, writes, part: { kind: "node", node } };
  });
  return fold(sequence, context).map(({ part }) => part);
}

function fold(nodes: readonly Folding[], context: FoldContext): readonly Folding[] {
  if (nodes.length <= SEEN_AT_A_GLANCE) return nodes;
  let sequence = nodes;
  let spent = 0;
  for (let round = 0; sequence.length > ENOUGH && spent < BUDGET; round += 1) {
    const { repeat, cost } = findRepeat(sequence, context.isOutput);
    if (repeat === null) break;
    spent += cost;
    sequence = replace(sequence, repeat, { ...context, path: `${context.path}.${round}` });
  }
  return sequence;
}

function replace(sequence: readonly Folding[], { length, runs }: Repeat, context: FoldContext): Folding[] {
  const pattern = context.patterns.of(context.path);
  const result: Folding[] = [];
  let position = 0;
  for (const run of runs) {
    const begin = run[0] ?? position;
    const blocks = run.map((start) => toBlock(sequence.slice(start, start + length), pattern, context));
    result.push(...sequence.slice(position, begin), toRun(blocks, pattern, context));
    position = begin + run.length * length;
  }
  return [...result, ...sequence.slice(position)];
}

function toBlock(elements: readonly Folding[], pattern: number, context: FoldContext): Folding {
  // What is alike outside is folded alike inside: the path gives it the same patterns.
  const parts = fold(elements, context).map(({ part }) => part);
  return { ...join(elements), symbol: context.symbols.of(`block ${pattern}`), part: { kind: "block", pattern, parts } };
}

function toRun(blocks: readonly Folding[], pattern: number, context: FoldContext): Folding {
  const [first] = blocks;
  if (first !== undefined && blocks.length === 1) return first;
  const parts = blocks.map(({ part }) => part);
  return { ...join(blocks), symbol: context.symbols.of(`run ${pattern} ${blocks.length}`), part: { kind: "run", pattern, parts } };
}

function join(elements: readonly Element[]): Pick<Element, "reads" | "writes"> {
  const writes = elements.flatMap((element) => element.writes);
  const own = new Set(writes);
  const reads = [...new Set(elements.flatMap((element) => element.reads))].filter((value) => !own.has(value));
  return { reads, writes };
}
