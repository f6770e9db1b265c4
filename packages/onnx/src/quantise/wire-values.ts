import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { float32View } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { ACTIVATION_FORMATS, activationParams } from "./activation-types.ts";
import { addDequantise, addQuantise, type SharedConstants } from "./insert-qdq.ts";
import { clipLimits, dataInputs } from "./kernel-sets.ts";
import { scanRange } from "./observers/scan-range.ts";
import type { Placement } from "./plan-placement.ts";
import type { QuantProfile } from "./profile.ts";
import { type QuantParams, quantiseArray, quantiseValue } from "./scale-maths.ts";

export interface Wiring {
  readonly graph: Graph;
  readonly placement: Placement;
  readonly shared: SharedConstants;
  readonly params: ReadonlyMap<string, QuantParams>;
  readonly profile: QuantProfile;
}

/**
 * Puts QuantizeLinear and DequantizeLinear around a value. Behind a quantised producer the dequantised value takes the name: every reader, the bodies
 * of If and Loop and the model's outputs get it, because a reader of the float one would keep the kernel from fusing. In front of the first quantised
 * node only the quantised readers do. Nodes that are written on integers read and write between the two.
 */
export function wireValue({ graph, placement, shared, profile }: Wiring, value: string, params: QuantParams): void {
  const { dataType } = ACTIVATION_FORMATS[profile.activations];
  const producer = graph.producerOf(value);
  const fromQuantised = producer !== null && placement.quantised.has(producer);
  const source = fromQuantised ? graph.freshName("v") : value;
  if (fromQuantised) graph.setOutput(producer, producer.outputs.indexOf(value), source);
  const readers = graph.consumersOf(value).filter((consumer) => fromQuantised || placement.quantised.has(consumer));
  const quantised = fromQuantised && placement.direct.has(producer) ? source : addQuantise(graph, shared, source, params, dataType);
  const inFloat = readers.filter((reader) => !placement.direct.has(reader));
  for (const reader of readers) if (placement.direct.has(reader)) replaceInput(graph, reader, value, quantised);
  if (inFloat.length === 0 && !graph.isOutput(value)) return;
  const dequantised = addDequantise(graph, shared, quantised, params, dataType, fromQuantised ? value : undefined);
  if (!fromQuantised) for (const reader of inFloat) replaceInput(graph, reader, value, dequantised);
}

function replaceInput(graph: Graph, reader: Node, before: string, after: string): void {
  for (const [index, input] of reader.inputs.entries()) if (input === before) graph.setInput(reader, index, after);
}

/** Constants that a quantised node combines with its data become integers too, one scale each. */
export function wireConstants({ graph, placement, shared, profile }: Wiring, node: Node): void {
  if (placement.direct.has(node) || placement.scaling.includes(node) || placement.weighted.includes(node)) return;
  const { dataType, integers, bytes } = ACTIVATION_FORMATS[profile.activations];
  for (const index of dataInputs(node)) {
    const tensor = floatConstant(graph, node.inputs[index] ?? "");
    if (tensor === null) continue;
    const values = float32View(tensor);
    const params = activationParams(scanRange(values), profile);
    const weights = { dataType, dims: tensor.dims, bytes: quantiseArray(values, params, integers, bytes) };
    graph.setInput(node, index, addDequantise(graph, shared, graph.addConstant(weights, "w"), params, dataType));
  }
}

/** DequantizeLinear(q) → Mul by a constant → QuantizeLinear → q' gives the same integers: readers of q' take q. */
export function foldScaling(graph: Graph, node: Node): void {
  const dequantise = graph.producerOf(node.inputs[0] ?? "");
  const quantise = graph.consumersOf(node.outputs[0] ?? "").find((reader) => reader.is("QuantizeLinear"));
  if (dequantise === null || quantise === undefined) return;
  graph.removeNode(node);
  graph.removeNode(quantise);
  graph.replaceUses(quantise.outputs[0] ?? "", dequantise.inputs[0] ?? "");
}

/** Lets a node that reads and writes integers treat the zero point as its zero. */
export function rewriteOnIntegers({ graph, shared, profile }: Wiring, node: Node, params: QuantParams): void {
  const { dataType, integers } = ACTIVATION_FORMATS[profile.activations];
  const zero = shared.integer(params.zeroPoint, dataType);
  if (node.is("Pad") && node.string("mode", "constant") === "constant") graph.setInput(node, 2, zero);
  const limits = node.is("Relu", "Clip") ? clipLimits(graph, node) : null;
  if (limits === null) return;
  const limit = (value: number): string => (Number.isFinite(value) ? shared.integer(quantiseValue(value, params, integers), dataType) : "");
  const inputs = [node.inputs[0] ?? "", limit(limits.low), limit(limits.high)];
  graph.replaceNode(node, {
    opType: "Clip",
    name: node.name,
    inputs: inputs[2] === "" ? inputs.slice(0, 2) : inputs,
    outputs: node.outputs,
  });
}
