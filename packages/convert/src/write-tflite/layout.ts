/**
 * How a value lies in memory: axis `perm[i]` of the ONNX value is axis `i` of the TFLite tensor. The identity is ONNX's own order, `channelsLast` is NHWC.
 */
export type Perm = readonly number[];

export function identity(rank: number): Perm {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** N, then the places, then the channels: NHWC for rank 4, NWC for 3, NDHWC for 5. */
export function channelsLast(rank: number): Perm {
  return rank < 3 ? identity(rank) : [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
}

export function samePerm(left: Perm, right: Perm): boolean {
  return left.length === right.length && left.every((axis, index) => axis === right[index]);
}

export function isIdentity(perm: Perm): boolean {
  return perm.every((axis, index) => axis === index);
}

/** The shape in memory of a value of `shape`. */
export function physicalShape(shape: readonly number[], perm: Perm): number[] {
  return perm.map((axis) => shape[axis] ?? 1);
}

/** The permutation for TRANSPOSE from one layout of a value to another. */
export function permBetween(from: Perm, to: Perm): number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** Whether the two layouts hold the elements in the same order, because only axes of size 1 move. */
export function sameOrder(shape: readonly number[], from: Perm, to: Perm): boolean {
  const wide = (perm: Perm): number[] => perm.filter((axis) => shape[axis] !== 1);
  return samePerm(wide(from), wide(to));
}

/** The layout of a value that a Transpose by `turn` makes out of one in layout `perm`, without moving anything. */
export function permBehindTranspose(perm: Perm, turn: readonly number[]): Perm {
  return perm.map((axis) => turn.indexOf(axis));
}

/** The layout of a value of higher rank whose leading axes of size 1 were added by broadcasting. */
export function widenPerm(perm: Perm, rank: number): Perm {
  const added = rank - perm.length;
  return [...identity(added), ...perm.map((axis) => axis + added)];
}

interface AxisGroup {
  readonly from: number[];
  readonly to: number[];
}

/** The finest partition of a Reshape's axes into runs with equal products; axes of size 1 stand alone. Null where a size is 0. */
function groupAxes(from: readonly number[], to: readonly number[]): AxisGroup[] | null {
  if ([...from, ...to].includes(0)) return null;
  const groups: AxisGroup[] = [];
  let [left, right] = [0, 0];
  while (left < from.length || right < to.length) {
    const [a, b] = [from[left], to[right]];
    if (a === 1 && b !== 1) groups.push({ from: [left++], to: [] });
    else if (b === 1 && a !== 1) groups.push({ from: [], to: [right++] });
    else {
      const group: AxisGroup = { from: [left++], to: [right++] };
      let [product, wanted] = [a ?? 1, b ?? 1];
      while (product !== wanted) {
        if (product < wanted) {
          product *= from[left] ?? Number.NaN;
          group.from.push(left++);
        } else {
          wanted *= to[right] ?? Number.NaN;
          group.to.push(right++);
        }
        if (left > from.length || right > to.length) return null;
      }
      groups.push(group);
    }
  }
  return groups;
}

/**
 * The layout of a Reshape's result when its data stay where they are, in layout `perm`; null where they have to be moved first. It works where the axes that the
 * Reshape merges are neighbours in memory too: [N, C, H, W] → [N, g, C/g, H, W] keeps NHWC, [N, C·H·W] does not.
 */
export function permBehindReshape(from: readonly number[], to: readonly number[], perm: Perm): Perm | null {
  const groups = groupAxes(from, to);
  if (groups === null) return null;
  const order = perm.filter((axis) => from[axis] !== 1);
  const result: number[] = [];
  for (const axis of perm) {
    const group = groups.find(({ from: axes }) => axes.includes(axis));
    if (group === undefined) return null;
    const wide = group.from.filter((member) => from[member] !== 1);
    if ((wide[0] ?? group.from[0]) !== axis) continue;
    const start = order.indexOf(axis);
    if (wide.some((member, index) => order[start + index] !== member)) return null;
    result.push(...group.to);
  }
  for (const { from: axes, to: added } of groups)
    if (axes.length === 0) for (const axis of added) result.splice(axis === 0 ? 0 : result.indexOf(axis - 1) + 1, 0, axis);
  return result;
}

/** A transposition with fewer axes that moves the same data: axes of size 1 go, neighbours that stay neighbours become one. */
export function compactTranspose(shape: readonly number[], perm: Perm): { readonly shape: readonly number[]; readonly perm: Perm } {
  const runs: number[][] = [];
  for (const axis of perm.filter((index) => shape[index] !== 1)) {
    const last = runs.at(-1);
    const follows =
      last !== undefined && shape.slice((last.at(-1) ?? 0) + 1, axis).every((size) => size === 1) && axis > (last.at(-1) ?? 0);
    if (follows) last.push(axis);
    else runs.push([axis]);
  }
  const inOrder = [...runs].sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0));
  return {
    shape: inOrder.map((run) => run.reduce((total, axis) => total * (shape[axis] ?? 1), 1)),
    perm: runs.map((run) => inOrder.indexOf(run)),
  };
}
