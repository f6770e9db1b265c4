import type { Emitter } from "../emitter.ts";
import type { SourceOperator } from "../source/types.ts";
import { Padding } from "../../tflite-schema/gen/tflite.ts";
import { convolve, type ConvolutionPlan, plan2d, planDepthwise } from "./convolution.ts";

/** The operators of a dilated convolution, from the last to the first. */
interface Dilated {
  readonly split: SourceOperator;
  readonly layer: SourceOperator;
  readonly plan: ConvolutionPlan;
  /** The spatial axis that data of three axes lack. */
  readonly idle: number | null;
}

/**
 * Before:     SPACE_TO_BATCH_ND → (one axis more) → convolution → (one axis less) → BATCH_TO_SPACE_ND, which is how TensorFlow writes dilation
 * After:      one convolution with dilations, set as the output of the last operator; the others are dead where nothing else reads them
 * Conditions: stride 1, the blocks of both are equal, and what is cropped is not more than what was padded. A step along a block is `block` places of the
 *             data, so padding inside counts as often.
 * @returns whether that is what stands here
 */
export function convertDilated(e: Emitter): boolean {
  const found = findDilated(e);
  if (found === null) return false;
  const { split, layer, plan, idle } = found;
  const [, filter = -1, bias = -1] = layer.inputs;
  convolve(e.as({ ...layer, inputs: [split.inputs[0] ?? -1, filter, bias], outputs: e.operator.outputs }), plan, idle);
  return true;
}

function findDilated(e: Emitter): Dilated | null {
  const layer = skipReshape(e, producer(e, e.operator.inputs[0]));
  if (layer === null || (layer.kind !== "CONV_2D" && layer.kind !== "DEPTHWISE_CONV_2D")) return null;
  const split = skipReshape(e, producer(e, layer.inputs[0]));
  if (split?.kind !== "SPACE_TO_BATCH_ND") return null;
  const [inner, first] = [e.as(layer), e.as(split)];
  const [blocks, crops, otherBlocks, pads] = [e.integers(1), e.integers(2), first.integers(1), first.integers(2)];
  if (blocks === null || crops === null || pads === null || blocks.join() !== otherBlocks?.join()) return null;
  const own = layer.kind === "CONV_2D" ? plan2d(inner) : planDepthwise(inner);
  if ([...own.strides, ...own.dilations].some((value) => value !== 1) || typeof own.padding !== "number") return null;
  const window = own.filterPerm.slice(2).map((axis) => inner.need(1).shape[axis] ?? 1);
  const idle = first.need(0).shape.length === 3 ? window.indexOf(1) : null;
  if (first.need(0).shape.length !== blocks.length + 2 || window.length - (idle === null ? 0 : 1) !== blocks.length || idle === -1)
    return null;
  const kernel = window.filter((_, axis) => axis !== idle);
  const inside = kernel.map((size) => (own.padding === Padding.SAME ? size - 1 : 0));
  const begins = blocks.map((block, axis) => (pads[axis * 2] ?? 0) + Math.floor((inside[axis] ?? 0) / 2) * block - (crops[axis * 2] ?? 0));
  const ends = blocks.map(
    (block, axis) => (pads[axis * 2 + 1] ?? 0) + Math.ceil((inside[axis] ?? 0) / 2) * block - (crops[axis * 2 + 1] ?? 0),
  );
  if ([...begins, ...ends].some((value) => value < 0)) return null;
  // `convolve` leaves the idle axis out of strides and dilations, of padding there is none for it.
  const dilations = [...blocks];
  if (idle !== null) dilations.splice(idle, 0, 1);
  return { split, layer, plan: { ...own, dilations, padding: { begins, ends } }, idle };
}

function producer(e: Emitter, tensor: number | undefined): SourceOperator | null {
  return e.graph.operators.find(({ outputs }) => tensor !== undefined && tensor >= 0 && outputs.includes(tensor)) ?? null;
}

/** The operator before one that only puts an axis of one place in or takes it out. */
function skipReshape(e: Emitter, operator: SourceOperator | null): SourceOperator | null {
  if (operator === null || !["RESHAPE", "EXPAND_DIMS", "SQUEEZE"].includes(operator.kind)) return operator;
  const [input, output] = [e.graph.tensors[operator.inputs[0] ?? -1], e.graph.tensors[operator.outputs[0] ?? -1]];
  const ranks = [input?.shape.length ?? 0, output?.shape.length ?? 0];
  const places = [input, output].map((tensor) => tensor?.signature.filter((dim) => dim !== 1 && dim >= 0).join());
  return Math.abs((ranks[0] ?? 0) - (ranks[1] ?? 0)) === 1 && places[0] === places[1] ? producer(e, operator.inputs[0]) : null;
}
