import { DataType, type Node, toNumbers } from "@flotilla/onnx";
import { type Emitter, sameQuant } from "./emitter.ts";
import type { Quant } from "./target-model.ts";

/** Softmax and Logistic write int8 in steps of 1/256 from 0, Tanh in steps of 1/128 around 0 (https://ai.google.dev/edge/litert/models/quantization_spec). */
export const UNIT_QUANT: Quant = { scales: [1 / 256], zeroPoints: [-128], axis: 0 };
export const SIGNED_UNIT_QUANT: Quant = { scales: [1 / 128], zeroPoints: [0], axis: 0 };

/** Scale and zero point of a QuantizeLinear or DequantizeLinear of activations, as int8; null where they are calculated, several or of another type. */
export function scalarQuant(emitter: Emitter, node: Node): Quant | null {
  const [, scaleName = "", zeroName = ""] = node.inputs;
  const scale = emitter.graph.constantOf(scaleName);
  const zero = emitter.graph.constantOf(zeroName);
  if (scale === null || (zeroName !== "" && zero === null)) return null;
  const scales = [...toNumbers(scale)];
  if (scales.length !== 1) return null;
  const integers = zero?.dataType ?? emitter.elemTypeOf(node.is("QuantizeLinear") ? (node.outputs[0] ?? "") : (node.inputs[0] ?? ""));
  if (integers !== DataType.INT8 && integers !== DataType.UINT8) return null;
  const zeroPoint = (zero === null ? 0 : (toNumbers(zero)[0] ?? 0)) - (integers === DataType.UINT8 ? 128 : 0);
  return { scales, zeroPoints: [zeroPoint], axis: 0 };
}

/** Nodes whose elements are elements of their first input: quantising before or behind them is the same. */
const MOVING = [
  "Reshape",
  "Transpose",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Identity",
  "Slice",
  "Split",
  "MaxPool",
  "GlobalMaxPool",
  "ReduceMax",
  "ReduceMin",
  "SpaceToDepth",
  "DepthToSpace",
  "Expand",
  "Tile",
];

/**
 * The quantisation in which every reader of a value wants it, directly or behind nodes that only move its elements; null where one of them, or the caller, wants it
 * in float.
 */
export function wantedQuant(emitter: Emitter, value: string): Quant | null {
  const readers = emitter.graph.consumersOf(value);
  if (readers.length === 0 || emitter.graph.isOutput(value)) return null;
  let wanted: Quant | null = null;
  for (const quant of readers.flatMap((reader) => wishesOf(emitter, reader, value))) {
    if (quant === null || (wanted !== null && !sameQuant(wanted, quant))) return null;
    wanted = quant;
  }
  return wanted;
}

function wishesOf(emitter: Emitter, reader: Node, value: string): readonly (Quant | null)[] {
  if (reader.inputs[0] !== value) return [null];
  if (reader.is("QuantizeLinear")) return [scalarQuant(emitter, reader)];
  return reader.is(...MOVING) ? reader.outputs.filter((output) => output !== "").map((output) => wantedQuant(emitter, output)) : [null];
}

/** Whether a node can read these inputs as integers: each one is quantised or constant, and at least one is not constant. */
export function readsIntegers(emitter: Emitter, inputs: readonly string[]): boolean {
  const held = inputs.filter((input) => !emitter.isConstant(input));
  return held.length > 0 && held.every((input) => emitter.quantOf(input) !== null);
}

/**
 * The quantisation of a node's result where it calculates on integers; null where it calculates in float, which is noted if its data were quantised.
 * `fixed` is the one that the kernel prescribes: with integer inputs and outputs it is taken even where nobody asks for integers.
 */
export function integerResult(
  emitter: Emitter,
  node: Node,
  inputs: readonly string[],
  output: string,
  fixed: Quant | null = null,
): Quant | null {
  const wanted = wantedQuant(emitter, output);
  if (readsIntegers(emitter, inputs) && (wanted !== null || (fixed !== null && emitter.options.integerIo))) return fixed ?? wanted;
  noteFloat(emitter, node, inputs);
  return null;
}

/** Remembers that a node calculates in float in a model that is quantised around it. */
export function noteFloat(emitter: Emitter, node: Node, inputs: readonly string[]): void {
  if (inputs.some((input) => emitter.quantOf(input) !== null)) emitter.floatNodes.push(node.describe());
}

/** Scale and zero point for a constant, over its own range widened to hold 0. */
export function quantOfNumbers(values: Float64Array): Quant {
  let [low, high] = [0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = Math.fround((high - low) / 255) || 1;
  return { scales: [scale], zeroPoints: [Math.max(-128, Math.min(127, Math.round(-128 - low / scale)))], axis: 0 };
}
