import type { DescribedGraph } from "./describe-graph.ts";
import { isOperator } from "./is-operator.ts";
import type { NodeFacts, Precision, Readers, ValueFacts } from "./types.ts";

/** Operators that calculate with integers by themselves, without a DequantizeLinear in front of them. */
const INTEGER_OPERATORS = new Set([
  "QLinearConv",
  "QLinearMatMul",
  "ConvInteger",
  "MatMulInteger",
  "MatMulIntegerToFloat",
  "DynamicQuantizeMatMul",
  "DynamicQuantizeLSTM",
]);
/** Their kernels take quantised inputs and may give a float result. */
const MAY_WRITE_FLOAT = new Set(["Gemm", "MatMul"]);
/** Operators whose second input holds weights. */
const WEIGHTED = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);
const FLOATS: ReadonlySet<string> = new Set(["float64", "float32", "float16", "bfloat16"]);
const isByte = (type: string | undefined): boolean => type === "int8" || type === "uint8";

/** What a node calculates in, once `traceQuantisation` has said which values are others in integers. */
export function nodePrecision(graph: DescribedGraph, readers: Readers, outputs: ReadonlySet<number>, node: NodeFacts): Precision {
  const typeOf = (value: number | null | undefined): string | undefined =>
    value === null || value === undefined ? undefined : graph.values[value]?.type;
  if (isOperator(node, "QuantizeLinear", "DequantizeLinear")) return "other";
  if (INTEGER_OPERATORS.has(node.op) || (node.op.startsWith("QLinear") && node.domain !== "")) return "int8";
  if (node.op === "MatMulNBits") return "int4-weights";
  // Between QuantizeLinear and DequantizeLinear, such as a Clip on the integers themselves.
  if (isByte(typeOf(node.inputs[0])) && isByte(typeOf(node.outputs[0]))) return "int8";
  if (runsOnIntegers(graph, readers, outputs, node)) {
    const types = node.inputs.flatMap((value) => (value === null ? [] : (graph.values[value]?.quant?.type ?? [])));
    return types.some(isByte) && !types.some((type) => type === "int16" || type === "uint16") ? "int8" : "other-quantised";
  }
  const stored = storedPrecision(graph, node);
  if (stored !== null) return stored;
  const float = [...node.outputs, ...node.inputs].map(typeOf).find((name) => name !== undefined && FLOATS.has(name));
  return (float as Precision | undefined) ?? "other";
}

/** Whether a kernel can take a node's operands, and give its result, as integers: all of them come from and go to quantisation. */
function runsOnIntegers(graph: DescribedGraph, readers: Readers, outputs: ReadonlySet<number>, node: NodeFacts): boolean {
  const weighted = node.domain === "" && WEIGHTED.has(node.op);
  const values = node.inputs.map((value) => (value === null ? undefined : graph.values[value]));
  // A float bias does not keep a kernel from integers, nor do limits like those of Clip.
  const operands = values.filter(
    (value, place) => value !== undefined && FLOATS.has(value.type) && (weighted ? place < 2 : value.shape?.length !== 0),
  );
  const dequantised = (value: ValueFacts | undefined): boolean =>
    value?.quant !== undefined && value.producer !== null && isOperator(graph.nodes[value.producer], "DequantizeLinear");
  const someData = operands.some((value) => value !== undefined && !isConstant(graph, value));
  if (!someData || !operands.every(dequantised)) return false;
  return MAY_WRITE_FLOAT.has(node.op) || writesQuantised(graph, readers, outputs, node);
}

/** Whether every reader of a node's results takes them as integers. */
function writesQuantised(graph: DescribedGraph, readers: Readers, outputs: ReadonlySet<number>, node: NodeFacts): boolean {
  return node.outputs.every((output) => {
    if (output === null) return true;
    const nodes = readers.get(output) ?? [];
    return nodes.length > 0 && nodes.every((reader) => isOperator(graph.nodes[reader], "QuantizeLinear")) && !outputs.has(output);
  });
}

/** How the weights of a node that calculates in float are stored. */
function storedPrecision(graph: DescribedGraph, node: NodeFacts): Precision | null {
  for (const input of node.inputs) {
    const value = input === null ? undefined : graph.values[input];
    if (value?.source === undefined || !isConstant(graph, value)) continue;
    const type = value.quant?.type ?? graph.values[value.source]?.type;
    if (isByte(type)) return "int8-weights";
    if (type === "int4" || type === "uint4") return "int4-weights";
    if (type === "float16" || type === "bfloat16") return "float16-weights";
    if (value.quant !== undefined && type !== "int32") return "other-quantised";
  }
  return null;
}

function isConstant(graph: DescribedGraph, value: ValueFacts): boolean {
  return (value.source === undefined ? value : graph.values[value.source])?.kind === "constant";
}
