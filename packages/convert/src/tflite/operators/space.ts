import { tensorFromNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { channelsFirst, channelsLast } from "../layout.ts";
import type { OperatorView } from "../operator-view.ts";
import { convertDilated } from "./dilation.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal, type Refusal } from "../../reasons.ts";

/** DEPTH_TO_SPACE takes channels as [row, column, channel] apart, which is ONNX's DCR. Source: TFLite's kernels/depth_to_space.cc */
function blocks(opType: string, size: (e: Emitter) => number): OperatorRule {
  return {
    convert: (e) => {
      const value = e.b.op(opType, [e.permuted(0, channelsFirst(4))], {
        blocksize: BigInt(size(e)),
        ...(opType === "DepthToSpace" ? { mode: "DCR" } : {}),
      });
      e.setReal(0, e.b.op("Transpose", [value], { perm: channelsLast(4).map(BigInt) }));
    },
  };
}

function refuseBatch(view: OperatorView): Refusal | null {
  const [block, pads] = [view.integers(1), view.integers(2)];
  if (block === null || pads === null) return refusal("COMPUTED_BLOCK");
  const spatial = view.need(0).signature.slice(1, 1 + block.length);
  return spatial.includes(-1) ? refusal("OPEN_SIDES") : null;
}

/** Sizes that are known; the batch, which may be open, as -1. */
function sizes(e: Emitter, value: string): number[] {
  return e.shape(value).map((dim) => (typeof dim === "number" ? dim : -1));
}

/**
 * SPACE_TO_BATCH_ND: pads, splits each axis in [size / block, block] and moves the blocks in front of the batch.
 * Source: TFLite's kernels/space_to_batch_nd.cc
 */
const spaceToBatch: OperatorRule = {
  refuse: refuseBatch,
  convert: (e) => {
    const [block, pads] = [e.integers(1) ?? [], e.integers(2) ?? []];
    const count = block.length;
    const zero = e.sameScale(0, 0) ? (e.need(0).quantisation?.zeroPoint[0] ?? 0) : 0;
    e.move(0, 0, (value) => {
      const rank = e.rank(value);
      const around = (side: number): number[] =>
        Array.from({ length: rank }, (_, axis) => (axis > 0 && axis <= count ? (pads[(axis - 1) * 2 + side] ?? 0) : 0));
      const padded = pads.every((pad) => pad === 0)
        ? value
        : e.b.op("Pad", [
            value,
            e.b.ints([...around(0), ...around(1)]),
            e.b.constant(tensorFromNumbers(e.b.type(value).elemType, [], [zero])),
          ]);
      const shape = sizes(e, padded);
      const inner = block.flatMap((size, axis) => [(shape[axis + 1] ?? 0) / size, size]);
      const split = e.b.op("Reshape", [padded, e.b.ints([shape[0] ?? -1, ...inner, ...shape.slice(count + 1)])]);
      const rest = Array.from({ length: rank - count - 1 }, (_, axis) => 2 * count + 1 + axis);
      const perm = [...block.map((_, axis) => 2 * axis + 2), 0, ...block.map((_, axis) => 2 * axis + 1), ...rest];
      const turned = e.b.op("Transpose", [split], { perm: perm.map(BigInt) });
      const batch = shape[0] === undefined || shape[0] < 0 ? -1 : shape[0] * product(block);
      return e.b.op("Reshape", [
        turned,
        e.b.ints([batch, ...block.map((size, axis) => (shape[axis + 1] ?? 0) / size), ...shape.slice(count + 1)]),
      ]);
    });
  },
};

/** BATCH_TO_SPACE_ND: the inverse, cropped afterwards. Source: TFLite's kernels/batch_to_space_nd.cc */
const batchToSpace: OperatorRule = {
  refuse: refuseBatch,
  convert: (e) => {
    if (convertDilated(e)) return;
    const [block, crops] = [e.integers(1) ?? [], e.integers(2) ?? []];
    const count = block.length;
    e.move(0, 0, (value) => {
      const shape = sizes(e, value);
      const batch = shape[0] === undefined || shape[0] < 0 ? -1 : shape[0] / product(block);
      const split = e.b.op("Reshape", [value, e.b.ints([...block, batch, ...shape.slice(1)])]);
      const rest = Array.from({ length: shape.length - count - 1 }, (_, axis) => 2 * count + 1 + axis);
      const perm = [count, ...block.flatMap((_, axis) => [count + 1 + axis, axis]), ...rest];
      const turned = e.b.op("Transpose", [split], { perm: perm.map(BigInt) });
      const whole = block.map((size, axis) => (shape[axis + 1] ?? 0) * size);
      const joined = e.b.op("Reshape", [turned, e.b.ints([batch, ...whole, ...shape.slice(count + 1)])]);
      if (crops.every((crop) => crop === 0)) return joined;
      const starts = block.map((_, axis) => crops[axis * 2] ?? 0);
      const ends = block.map((_, axis) => (whole[axis] ?? 0) - (crops[axis * 2 + 1] ?? 0));
      return e.b.op("Slice", [joined, e.b.ints(starts), e.b.ints(ends), e.b.ints(block.map((_, axis) => axis + 1))]);
    });
  },
};

function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}

export const spaceRules: Rules = {
  SPACE_TO_DEPTH: blocks("SpaceToDepth", (e) => e.options("SpaceToDepthOptions").blockSize),
  DEPTH_TO_SPACE: blocks("DepthToSpace", (e) => e.options("DepthToSpaceOptions").blockSize),
  SPACE_TO_BATCH_ND: spaceToBatch,
  BATCH_TO_SPACE_ND: batchToSpace,
};
