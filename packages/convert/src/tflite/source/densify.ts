import { convertError } from "../../errors.ts";
import { DimensionType, type SparseIndexVector, type SparsityParameters } from "../../tflite-schema/gen/tflite.ts";

/** A file of some kilobytes must not become a gigabyte. */
const MAX_BYTES = 2 ** 29;

/**
 * The dense elements of a sparse constant of `bytesPerElement` bytes. Dimensions are stored in `traversalOrder`, dense or compressed (CSR), the
 * blocks' own dimensions last.
 * Source: TFLite's schema, SparsityParameters, and https://arxiv.org/abs/1703.08079 ("The tensor algebra compiler"), which it follows
 * @throws FlotillaError INVALID_GRAPH where the lists do not fit the shape or each other
 */
export function densify(
  sparsity: SparsityParameters,
  shape: readonly number[],
  data: Uint8Array,
  bytesPerElement: number,
  label: string,
): Uint8Array {
  const { traversalOrder, blockMap, dimMetadata } = sparsity;
  const levels = shape.length + blockMap.length;
  const fail = (reason: string): never => {
    throw convertError("INVALID_GRAPH", `The sparse constant ${JSON.stringify(label)} is damaged: ${reason} Export the model again.`);
  };
  if (traversalOrder.length !== levels || dimMetadata.length !== levels || new Set(traversalOrder).size !== levels)
    return fail(`it has ${levels} levels and a list of ${traversalOrder.length} and one of ${dimMetadata.length}.`);
  if (traversalOrder.some((level) => level < 0 || level >= levels) || blockMap.some((axis) => axis < 0 || axis >= shape.length))
    return fail("its order names an axis that it does not have.");
  const sizes = dimMetadata.map(({ denseSize }) => denseSize);
  const blockOf = (axis: number): number => {
    const block = blockMap.indexOf(axis);
    return block < 0 ? 1 : levelSize(shape.length + block);
  };
  const segments = dimMetadata.map(({ arraySegments }) => numbersOf(arraySegments));
  const indices = dimMetadata.map(({ arrayIndices }) => numbersOf(arrayIndices));
  const bytes = shape.reduce((total, dim) => total * dim, bytesPerElement);
  if (bytes > MAX_BYTES) throw convertError("TOO_LARGE", `The sparse constant ${JSON.stringify(label)} would take ${bytes} bytes.`);
  const dense = new Uint8Array(bytes);
  const place = Array.from({ length: levels }, () => 0);
  let next = 0;

  function levelSize(level: number): number {
    const at = traversalOrder.indexOf(level);
    const metadata = dimMetadata[at];
    if (metadata === undefined) return 1;
    return metadata.format === DimensionType.DENSE ? (sizes[at] ?? 1) : fail("a block's own axis is compressed.");
  }

  function store(): void {
    let offset = 0;
    for (const [axis, dim] of shape.entries()) {
      const block = blockMap.indexOf(axis);
      const inner = block < 0 ? 0 : (place[shape.length + block] ?? 0);
      const index = (place[axis] ?? 0) * blockOf(axis) + inner;
      if (index < 0 || index >= dim) fail("an index leaves the shape.");
      offset = offset * dim + index;
    }
    const from = next * bytesPerElement;
    if (from + bytesPerElement > data.byteLength) fail("it has more places than elements.");
    dense.set(data.subarray(from, from + bytesPerElement), offset * bytesPerElement);
    next += 1;
  }

  /** `position` counts the places of the level before, in the order in which they are stored. */
  function walk(at: number, position: number): void {
    if (at === levels) {
      store();
      return;
    }
    const level = traversalOrder[at] ?? 0;
    if (dimMetadata[at]?.format === DimensionType.DENSE) {
      const size = sizes[at] ?? 0;
      if (size < 1 || size > dense.byteLength) fail(`a dense level has ${size} places.`);
      for (let index = 0; index < size; index += 1) {
        place[level] = index;
        walk(at + 1, position * size + index);
      }
      return;
    }
    const [from, to] = [segments[at]?.[position], segments[at]?.[position + 1]];
    if (from === undefined || to === undefined || from < 0 || to > (indices[at]?.length ?? 0)) return fail("a segment leaves its list.");
    for (let index = from; index < to; index += 1) {
      place[level] = indices[at]?.[index] ?? 0;
      walk(at + 1, index);
    }
  }

  walk(0, 0);
  return dense;
}

function numbersOf(vector: SparseIndexVector | null): readonly number[] {
  return vector === null ? [] : Array.from(vector.value.values);
}
