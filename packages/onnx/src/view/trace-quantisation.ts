import { typeName } from "../graph/data-types.ts";
import { storageView, toNumbers } from "../graph/tensor.ts";
import type { DescribedGraph } from "./describe-graph.ts";
import type { NodeFacts, Precision, QuantFacts, ValueFacts } from "./types.ts";

/** Operators that calculate with integers by themselves, without a DequantizeLinear in front of them. */
const INTEGER_OPERATORS = new Set(["QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger"]);
/** Their kernels take quantised inputs and may give a float result. */
const MAY_WRITE_FLOAT = new Set(["Gemm", "MatMul"]);
/** Operators whose second input holds weights. */
const WEIGHTED = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);
const FLOATS: ReadonlySet<string> = new Set(["float64", "float32", "float16", "bfloat16"]);

/**
 * Recognises QuantizeLinear → DequantizeLinear and DequantizeLinear behind a constant. What comes out of such a pair is the value in front
 * of it, seen through integers: `source` and `quant` of the value say so, and `foldedInto` of the two nodes says with which node they are
 * shown. Then it works out in what each node calculates. Changes `graph`.
 */
export function traceQuantisation(graph: DescribedGraph): void {
  const readers = readersOf(graph);
  const hidden = new Set<number>();
  for (const [index, node] of graph.nodes.entries()) if (isFoldable(graph, readers, node)) hidden.add(index);
  for (const index of hidden) {
    const node = graph.nodes[index];
    const [input, output] = [node?.inputs[0] ?? null, node?.outputs[0] ?? null];
    if (node === undefined || input === null || output === null) continue;
    const value = graph.values[output];
    const quant = readQuant(graph, node);
    if (value === undefined) continue;
    value.source = graph.values[input]?.source ?? input;
    if (quant !== null) value.quant = quant;
  }
  // From the end: a QuantizeLinear goes with the node behind its DequantizeLinear.
  for (const index of [...hidden].reverse()) attach(graph, readers, hidden, index);
  for (const node of graph.nodes) node.precision = precisionOf(graph, readers, node);
}

type Readers = ReadonlyMap<number, readonly number[]>;

function readersOf(graph: DescribedGraph): Readers {
  const readers = new Map<number, number[]>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const value of new Set([...node.inputs, ...node.captures])) {
      if (value === null) continue;
      const known = readers.get(value);
      if (known === undefined) readers.set(value, [index]);
      else known.push(index);
    }
  }
  return readers;
}

const isOperator = (node: NodeFacts | undefined, op: string): boolean => node?.domain === "" && node.op === op;

/** A QuantizeLinear that only DequantizeLinears read, or a DequantizeLinear behind such a one or behind a constant. */
function isFoldable(graph: DescribedGraph, readers: Readers, node: NodeFacts): boolean {
  const [input, output] = [node.inputs[0] ?? null, node.outputs[0] ?? null];
  if (input === null || output === null) return false;
  if (isOperator(node, "QuantizeLinear")) return onlyDequantised(graph, readers, output);
  if (!isOperator(node, "DequantizeLinear")) return false;
  const value = graph.values[input];
  if (value?.kind === "constant") return true;
  const producer = value?.producer === null || value?.producer === undefined ? undefined : graph.nodes[value.producer];
  return isOperator(producer, "QuantizeLinear") && onlyDequantised(graph, readers, input);
}

function onlyDequantised(graph: DescribedGraph, readers: Readers, value: number): boolean {
  const nodes = readers.get(value) ?? [];
  return nodes.length > 0 && nodes.every((reader) => isOperator(graph.nodes[reader], "DequantizeLinear")) && !isOutput(graph, value);
}

const isOutput = (graph: DescribedGraph, value: number): boolean => graph.scopes.some((scope) => scope.outputs.includes(value));

function readQuant(graph: DescribedGraph, node: NodeFacts): QuantFacts | null {
  const [input, scaleValue, zeroValue] = [node.inputs[0] ?? null, node.inputs[1] ?? null, node.inputs[2] ?? null];
  const scales = scaleValue === null ? undefined : graph.tensors.get(scaleValue);
  const integers = isOperator(node, "DequantizeLinear") ? input : (node.outputs[0] ?? null);
  if (scales === undefined || integers === null || !FLOATS.has(typeName(scales.dataType))) return null;
  const values = toNumbers(scales);
  if (values.length === 0) return null;
  const channels = values.length;
  const axis = node.attributes.find((attribute) => attribute.name === "axis");
  return {
    type: graph.values[integers]?.type ?? "other",
    channels,
    axis: channels === 1 ? null : Number(axis?.text ?? 1),
    scaleMin: values.reduce((least, value) => Math.min(least, value), Infinity),
    scaleMax: values.reduce((most, value) => Math.max(most, value), -Infinity),
    zeroPoint: readZeroPoint(graph, zeroValue),
  };
}

function readZeroPoint(graph: DescribedGraph, value: number | null): number | null {
  if (value === null) return 0;
  const tensor = graph.tensors.get(value);
  if (tensor === undefined || typeName(tensor.dataType) === "other") return null;
  const values: ArrayLike<number | bigint> = storageView(tensor);
  const first = Number(values[0] ?? 0);
  return Array.from(values).every((each) => Number(each) === first) ? first : null;
}

/** The node that a folded one is shown with: the first that reads what comes out of it, else the one that made what goes in. */
function attach(graph: DescribedGraph, readers: Readers, hidden: ReadonlySet<number>, index: number): void {
  const node = graph.nodes[index];
  if (node === undefined) return;
  const [input, output] = [node.inputs[0] ?? -1, node.outputs[0] ?? -1];
  const reader = (readers.get(output) ?? [])[0];
  const behind = reader !== undefined && hidden.has(reader) ? graph.nodes[reader]?.foldedInto : reader;
  const source = graph.values[input]?.source ?? input;
  const owner = behind ?? graph.values[source]?.producer ?? undefined;
  if (owner !== undefined) node.foldedInto = owner;
  else showAgain(graph, output);
}

/** With neither a reader nor a maker there is no node to show it with: it stays one by itself. */
function showAgain(graph: DescribedGraph, output: number): void {
  const value = graph.values[output];
  if (value === undefined) return;
  delete value.source;
  delete value.quant;
}

function precisionOf(graph: DescribedGraph, readers: Readers, node: NodeFacts): Precision {
  const type = (value: number | null | undefined): string =>
    value === null || value === undefined ? "other" : (graph.values[value]?.type ?? "other");
  if (INTEGER_OPERATORS.has(node.op) || (node.op.startsWith("QLinear") && node.domain !== "")) return "int8";
  if (isOperator(node, "QuantizeLinear") || isOperator(node, "DequantizeLinear")) return "other";
  const quantised = quantisedPrecision(graph, readers, node);
  if (quantised !== null) return quantised;
  const float = [...node.outputs, ...node.inputs].map(type).find((name) => FLOATS.has(name));
  return (float as Precision | undefined) ?? "other";
}

function quantisedPrecision(graph: DescribedGraph, readers: Readers, node: NodeFacts): Precision | null {
  const inputs = node.inputs.map((value) => (value === null ? undefined : graph.values[value]));
  const isConstant = (value: ValueFacts): boolean => (value.source === undefined ? value : graph.values[value.source])?.kind === "constant";
  const weighted = node.domain === "" && WEIGHTED.has(node.op);
  // A float bias does not keep a kernel from integers, nor do limits like those of Clip.
  const operands = inputs.filter(
    (value, place) => value !== undefined && FLOATS.has(value.type) && (weighted ? place < 2 : value.shape?.length !== 0),
  );
  const types = operands.map((value) => value?.quant?.type);
  const runs = types.length > 0 && !types.includes(undefined) && operands.some((value) => value !== undefined && !isConstant(value));
  if (runs && (MAY_WRITE_FLOAT.has(node.op) || writesQuantised(graph, readers, node)))
    return types.every((type) => type === "int8" || type === "uint8") ? "int8" : "other-quantised";
  const weights = inputs.filter((value) => value?.quant !== undefined && isConstant(value));
  if (weights.length === 0) return null;
  return weights.some((value) => value?.quant?.type === "int8" || value?.quant?.type === "uint8") ? "int8-weights" : "other-quantised";
}

/** Whether every reader of a node's results takes them as integers. */
function writesQuantised(graph: DescribedGraph, readers: Readers, node: NodeFacts): boolean {
  return node.outputs.every((output) => {
    if (output === null) return true;
    const nodes = readers.get(output) ?? [];
    return nodes.length > 0 && nodes.every((reader) => isOperator(graph.nodes[reader], "QuantizeLinear")) && !isOutput(graph, output);
  });
}
