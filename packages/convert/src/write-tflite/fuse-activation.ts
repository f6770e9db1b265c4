import { type Node, toNumbers } from "@flotilla/onnx";
import { ActivationFunctionType } from "../tflite-schema/gen/tflite.ts";
import type { Emitter } from "./emitter.ts";

export interface Fused {
  /** Of the schema's ActivationFunctionType. */
  readonly activation: number;
  /** The value that the operator then writes. */
  readonly output: string;
}

/**
 * The activation behind a node that its operator can do along the way: Relu, Clip 0…6, Clip −1…1, where nothing else reads the value between them.
 * The activation's node counts as done.
 */
export function fuseActivation(emitter: Emitter, node: Node): Fused {
  const output = node.outputs[0] ?? "";
  const readers = emitter.graph.consumersOf(output);
  const [reader] = readers;
  const activation = reader === undefined || readers.length > 1 || emitter.graph.isOutput(output) ? null : activationOf(emitter, reader);
  if (reader === undefined || activation === null) return { activation: ActivationFunctionType.NONE, output };
  emitter.absorb(reader);
  return { activation, output: reader.outputs[0] ?? "" };
}

function activationOf(emitter: Emitter, node: Node): number | null {
  if (node.is("Relu")) return ActivationFunctionType.RELU;
  const limits = node.is("Clip") ? clipLimits(emitter, node) : null;
  if (limits === null) return null;
  if (limits.low === 0 && limits.high === Infinity) return ActivationFunctionType.RELU;
  if (limits.low === 0 && limits.high === 6) return ActivationFunctionType.RELU6;
  return limits.low === -1 && limits.high === 1 ? ActivationFunctionType.RELU_N1_TO_1 : null;
}

/** The constant limits of a Clip; null where they are calculated. */
export function clipLimits(emitter: Emitter, node: Node): { readonly low: number; readonly high: number } | null {
  const limit = (index: number, name: string, fallback: number): number | null => {
    const input = node.inputs[index] ?? "";
    if (input === "") return node.float(name, fallback);
    const constant = emitter.constants.find(input);
    return constant === null ? null : (toNumbers(emitter.constants.inFloat(constant).tensor)[0] ?? fallback);
  };
  const [low, high] = [limit(1, "min", -Infinity), limit(2, "max", Infinity)];
  if (low === null || high === null) return null;
  // Exporters write "no limit" as the largest float.
  return { low: low < -3e38 ? -Infinity : low, high: high > 3e38 ? Infinity : high };
}
