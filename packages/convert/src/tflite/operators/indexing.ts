import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { onnxType } from "../source/tensor-types.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal } from "../../reasons.ts";

/**
 * GATHER: along one axis, or with batch axes: each place of theirs has indices of its own. ONNX gathers by batch right behind the batch axes, so the axis is moved
 * there, and what stood between is put back behind the batch. Source: TFLite's kernels/gather.cc
 */
const gather: OperatorRule = {
  convert: (e) => {
    const { axis, batchDims: given } = e.options("GatherOptions");
    const rank = e.rankOf(0);
    const indices = e.stored(1);
    const indexRank = e.rank(indices);
    const batch = given < 0 ? given + indexRank : given;
    const place = axis < 0 ? axis + rank : axis;
    e.move(0, 0, (value) => {
      if (batch === 0) return e.b.op("Gather", [value, indices], { axis: BigInt(axis) });
      const points = e.b.op("Unsqueeze", [e.cast(indices, DataType.INT64), e.b.ints([-1])]);
      const between = place - batch;
      const first =
        between === 0 ? value : turned(e, value, [...range(0, batch), place, ...range(batch, place), ...range(place + 1, rank)]);
      const found = e.b.op("GatherND", [first, points], { batch_dims: BigInt(batch) });
      const total = rank + indexRank - batch - 1;
      return between === 0
        ? found
        : turned(e, found, [
            ...range(0, batch),
            ...range(indexRank, indexRank + between),
            ...range(batch, indexRank),
            ...range(indexRank + between, total),
          ]);
    });
  },
};

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
const turned = (e: Emitter, value: string, perm: readonly number[]): string => e.b.op("Transpose", [value], { perm: perm.map(BigInt) });

const gatherNd: OperatorRule = {
  convert: (e) => {
    const indices = e.cast(e.stored(1), DataType.INT64);
    e.move(0, 0, (value) => e.b.op("GatherND", [value, indices]));
  },
};

/** EMBEDDING_LOOKUP: ids, table. A quantised table stays as it is; what was looked up is dequantised. */
const embeddingLookup: OperatorRule = {
  convert: (e) => {
    const { quantisation, type } = e.need(1);
    const lookUp = (table: string): string => e.b.op("Gather", [table, e.stored(0)], { axis: 0n });
    const whole = quantisation === null || quantisation.scale.length > 1;
    e.setReal(0, whole ? lookUp(e.real(1)) : e.dequantise(lookUp(e.stored(1)), quantisation, type, 0));
  },
};

/** SCATTER_ND: indices, updates, shape. Updates of one place add up. Source: TFLite's kernels/scatter_nd.cc */
const scatterNd: OperatorRule = {
  convert: (e) => {
    const zero = tensorFromNumbers(e.b.type(e.real(1)).elemType, [1], [0]);
    const empty = e.b.op("ConstantOfShape", [e.indices(2)], { value: { kind: "tensor", value: zero } });
    e.setReal(0, e.b.op("ScatterND", [empty, e.cast(e.stored(0), DataType.INT64), e.real(1)], { reduction: "add" }));
  },
};

/** SPARSE_TO_DENSE: places, the shape, their values (one for all, or one each), what stands elsewhere. Source: TFLite's kernels/sparse_to_dense.cc */
const sparseToDense: OperatorRule = {
  convert: (e) => {
    const rank = e.need(0).shape.length;
    const axes = e.target(0).shape.length;
    // Places of one axis are given as a list, a single one as a number.
    const places = e.b.op("Reshape", [e.indices(0), e.b.ints([-1, rank === 2 ? (e.need(0).shape[1] ?? axes) : 1])]);
    const count = e.b.op("Slice", [e.b.op("Shape", [places]), e.b.ints([0]), e.b.ints([1])]);
    const values = e.b.op("Expand", [e.stored(2), count]);
    const background = e.b.op("Expand", [e.b.op("Reshape", [e.stored(3), e.b.ints([])]), e.indices(1)]);
    e.setStored(0, e.b.op("ScatterND", [background, places, values]));
  },
};

const oneHot: OperatorRule = {
  convert: (e) => {
    const { axis } = e.options("OneHotOptions");
    const pair = e.b.op("Concat", [e.b.op("Reshape", [e.stored(3), e.b.ints([1])]), e.b.op("Reshape", [e.stored(2), e.b.ints([1])])], {
      axis: 0n,
    });
    e.setStored(0, e.b.op("OneHot", [e.cast(e.stored(0), DataType.INT64), e.indices(1), pair], { axis: BigInt(axis) }));
  },
};

/** ARG_MAX and ARG_MIN: on integers, which are in the same order as what they stand for. The first of equals wins in both. */
function argExtreme(opType: string): OperatorRule {
  return {
    refuse: (view) => (view.integers(1) === null ? refusal("COMPUTED_AXES") : null),
    convert: (e) => {
      const found = e.b.op(opType, [e.stored(0)], { axis: BigInt(e.integers(1)?.[0] ?? 0), keepdims: 0n });
      e.setStored(0, e.cast(found, onnxType(e.target(0).type) ?? DataType.INT32));
    },
  };
}

/** TOPK_V2: along the last axis, largest first. */
const topK: OperatorRule = {
  convert: (e) => {
    const count = e.b.op("Reshape", [e.indices(1), e.b.ints([1])]);
    const [values = "", indices = ""] = e.b.nodeOf("TopK", [e.real(0), count], 2, { axis: -1n });
    e.setReal(0, values);
    e.setStored(1, e.cast(indices, onnxType(e.target(1).type) ?? DataType.INT32));
  },
};

/** WHERE with a condition only: the places where it holds, one a row. */
const where: OperatorRule = {
  convert: (e) => e.setStored(0, e.b.op("Transpose", [e.b.op("NonZero", [e.stored(0)])], { perm: [1n, 0n] })),
};

const cumsum: OperatorRule = {
  convert: (e) => {
    const { exclusive, reverse } = e.options("CumsumOptions");
    const axis = e.b.op("Reshape", [e.stored(1), e.b.ints([])]);
    e.setReal(0, e.b.op("CumSum", [e.real(0), axis], { exclusive: exclusive ? 1n : 0n, reverse: reverse ? 1n : 0n }));
  },
};

/**
 * DYNAMIC_UPDATE_SLICE: operand, update, start. The start is moved back so that the update fits. Written as a scatter into the operand as one row, because
 * ONNX has no update of a region. Source: TFLite's kernels/dynamic_update_slice.cc
 */
const dynamicUpdateSlice: OperatorRule = {
  refuse: (view) => ([0, 1].some((index) => view.need(index).signature.includes(-1)) ? refusal("OPEN_SIZES") : null),
  convert: (e) => e.move(0, 0, (value) => updateSlice(e, value)),
};

function updateSlice(e: Emitter, operand: string): string {
  const [whole, part] = [e.need(0).shape, e.need(1).shape];
  const strides = whole.map((_, axis) => whole.slice(axis + 1).reduce((total, dim) => total * dim, 1));
  const count = part.reduce((total, dim) => total * dim, 1);
  const places = Array.from({ length: count }, (_, index) => {
    let [rest, offset] = [index, 0];
    for (let axis = part.length - 1; axis >= 0; axis -= 1) {
      const size = part[axis] ?? 1;
      offset += (rest % size) * (strides[axis] ?? 0);
      rest = Math.floor(rest / size);
    }
    return offset;
  });
  const room = e.b.ints(whole.map((size, axis) => size - (part[axis] ?? 1)));
  const start = e.b.op("Min", [e.b.op("Max", [e.indices(2), e.b.int(0)]), room]);
  const offset = e.b.op("ReduceSum", [e.b.op("Mul", [start, e.b.ints(strides)]), e.b.ints([0])], { keepdims: 1n });
  const flat = e.b.op("Reshape", [operand, e.b.ints([-1])]);
  const update = e.b.op("Reshape", [e.sameScale(0, 0) ? e.stored(1) : e.real(1), e.b.ints([-1])]);
  const written = e.b.op("ScatterElements", [flat, e.b.op("Add", [e.b.ints(places), offset]), update], { axis: 0n });
  return e.b.op("Reshape", [written, e.b.ints(whole)]);
}

/** Operators that look elements up or put them somewhere. Source: TFLite's kernels of the same names */
export const indexingRules: Rules = {
  GATHER: gather,
  GATHER_ND: gatherNd,
  EMBEDDING_LOOKUP: embeddingLookup,
  SCATTER_ND: scatterNd,
  SPARSE_TO_DENSE: sparseToDense,
  ONE_HOT: oneHot,
  ARG_MAX: argExtreme("ArgMax"),
  ARG_MIN: argExtreme("ArgMin"),
  TOPK_V2: topK,
  WHERE: where,
  CUMSUM: cumsum,
  DYNAMIC_UPDATE_SLICE: dynamicUpdateSlice,
};
