/** One place in a sequence of things that may repeat. Two things with the same symbol are built alike inside. */
export interface Element {
  readonly symbol: number;
  /** Values that it reads and does not make itself, once each, in the order of its operator. */
  readonly reads: readonly number[];
  /** Values that it makes, in an order that two elements of one symbol share. */
  readonly writes: readonly number[];
}

export interface Repeat {
  readonly length: number;
  /** Where the occurrences begin, which do not overlap: those of a run, one behind another, together. */
  readonly runs: readonly (readonly number[])[];
}

/** Longest repeat that is looked for, in elements. */
const MAX_LENGTH = 96;

interface Window {
  readonly start: number;
  readonly outside: number[];
  high: number;
  low: number;
}

/**
 * The repeated stretch of `sequence` whose folding makes it shortest, or null. Two stretches repeat each other when they have the same symbols and
 * the same wiring inside. Its worth is the number of elements that disappear, less its own length, which has to be shown once (a greedy
 * grammar, as in Apostolico and Lonardi, "Off-line compression by greedy textual substitution"); occurrences that follow one another disappear in one,
 * and an end that cuts through parallel paths counts less. `cost` is the number of stretches that were looked at.
 */
export function findRepeat(sequence: readonly Element[], isOutput: (value: number) => boolean): { repeat: Repeat | null; cost: number } {
  const made = new Map<number, { position: number; slot: number }>();
  for (const [position, element] of sequence.entries())
    for (const [slot, value] of element.writes.entries()) made.set(value, { position, slot });
  const wiring: Wiring = { made, crossings: countCrossings(sequence, made, isOutput), reach: readingEnds(sequence, made, isOutput) };
  let best: (Repeat & { worth: number }) | null = null;
  let cost = 0;
  let windows: Window[] = sequence.map((_, start) => ({ start, outside: [], high: 0x9e3779b9, low: 0x7f4a7c15 }));
  for (let length = 1; length <= Math.min(MAX_LENGTH, sequence.length >> 1) && windows.length > 1; length += 1) {
    const groups = new Map<number, Window[]>();
    cost += windows.length;
    for (const window of windows) {
      const position = window.start + length - 1;
      const element = sequence[position];
      if (element === undefined) continue;
      extend(window, element, position, made);
      const key = window.high * 0x200000 + (window.low >>> 11);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [window]);
      else group.push(window);
    }
    windows = [];
    for (const group of groups.values()) {
      // What does not repeat at this length repeats at no greater one.
      if (group.length < 2) continue;
      for (const window of group) windows.push(window);
      if (length === 1) continue;
      const candidate = rate(group, length, wiring);
      if (occurrences(candidate) > 1 && candidate.worth > (best?.worth ?? 0)) best = candidate;
    }
  }
  return { repeat: best, cost };
}

const occurrences = ({ runs }: Repeat): number => runs.reduce((total, run) => total + run.length, 0);

/** How many values pass between an element and the one in front of it. */
function countCrossings(
  sequence: readonly Element[],
  made: ReadonlyMap<number, { position: number }>,
  isOutput: (value: number) => boolean,
): Int32Array {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [position, element] of sequence.entries()) {
    for (const value of element.reads) {
      last.set(value, position);
      if (!first.has(value)) first.set(value, made.get(value)?.position ?? -1);
    }
  }
  const changes = new Int32Array(sequence.length + 2);
  const add = (from: number, to: number): void => {
    changes[from + 1] = (changes[from + 1] ?? 0) + 1;
    changes[to + 1] = (changes[to + 1] ?? 0) - 1;
  };
  for (const [value, position] of last) add(first.get(value) ?? -1, isOutput(value) ? sequence.length : position);
  let open = 0;
  return changes.map((change) => (open += change));
}

function extend(window: Window, element: Element, position: number, made: ReadonlyMap<number, { position: number; slot: number }>): void {
  mix(window, element.symbol);
  for (const value of element.reads) {
    const maker = made.get(value);
    if (maker !== undefined && maker.position >= window.start) {
      mix(window, position - maker.position);
      mix(window, maker.slot);
      continue;
    }
    let place = window.outside.indexOf(value);
    if (place === -1) place = window.outside.push(value) - 1;
    mix(window, -1 - place);
  }
  mix(window, 0x5bd1e995);
}

/** Two 32-bit hashes side by side: 53 bits are used, so that a thousand million windows would meet once in a thousand tries. */
function mix(window: Window, value: number): void {
  window.high = Math.imul(window.high ^ value, 0x85ebca6b) >>> 0;
  window.high = (window.high ^ (window.high >>> 13)) >>> 0;
  window.low = Math.imul(window.low ^ (value + 0x165667b1), 0xc2b2ae35) >>> 0;
  window.low = (window.low ^ (window.low >>> 16)) >>> 0;
}

/** By position: the last one that reads something made there. */
function readingEnds(
  sequence: readonly Element[],
  made: ReadonlyMap<number, { position: number }>,
  isOutput: (value: number) => boolean,
): Int32Array {
  const ends = new Int32Array(sequence.length);
  const note = (value: number, position: number): void => {
    const maker = made.get(value);
    if (maker !== undefined) ends[maker.position] = Math.max(ends[maker.position] ?? 0, position);
  };
  for (const [position, element] of sequence.entries()) {
    for (const value of element.reads) note(value, position);
    for (const value of element.writes) if (isOutput(value)) note(value, sequence.length);
  }
  return ends;
}

interface Wiring {
  readonly made: ReadonlyMap<number, { readonly position: number }>;
  readonly crossings: Int32Array;
  /** By position: the last one that reads something made there. */
  readonly reach: Int32Array;
}

function rate(group: readonly Window[], length: number, wiring: Wiring): Repeat & { worth: number } {
  const runs: Window[][] = [];
  let free = 0;
  for (const window of group) {
    if (window.start < free) continue;
    free = window.start + length;
    const run = runs.at(-1);
    const previous = run?.at(-1);
    if (
      run !== undefined &&
      previous !== undefined &&
      previous.start === window.start - length &&
      follows(wiring, previous, window, length)
    )
      run.push(window);
    else runs.push([window]);
  }
  let worth = -length;
  for (const run of runs) {
    const begin = run[0]?.start ?? 0;
    const cut = Math.max(1, wiring.crossings[begin] ?? 1) + Math.max(1, wiring.crossings[begin + run.length * length] ?? 1);
    worth += ((run.length * length - 1) * 2) / cut;
  }
  return { length, runs: runs.map((run) => run.map(({ start }) => start)), worth };
}

/**
 * Whether a block may stand in a run behind the one before it: a run hides what passes between its blocks, so what the first makes must be read by the
 * second only, and the second may read nothing from outside that the first does not: the levels of a decoder each read their own level of the encoder.
 */
function follows({ made, reach }: Wiring, first: Window, second: Window, length: number): boolean {
  for (let position = first.start; position < second.start; position += 1)
    if ((reach[position] ?? 0) >= second.start + length) return false;
  return second.outside.every((value) => {
    const position = made.get(value)?.position ?? -1;
    return (position >= first.start && position < second.start) || first.outside.includes(value);
  });
}
