import { DataType, typeName } from "../graph/data-types.ts";
import { storageView, type Tensor, toNumbers } from "../graph/tensor.ts";
import type { DescribedGraph } from "./describe-graph.ts";
import { isOperator } from "./is-operator.ts";
import type { NodeFacts, QuantFacts } from "./types.ts";

const FLOATS: ReadonlySet<string> = new Set(["float64", "float32", "float16", "bfloat16"]);
const SMALL_INTEGERS: Readonly<Record<number, "int4" | "uint4">> = { [DataType.INT4]: "int4", [DataType.UINT4]: "uint4" };

/** What the integers stand for that a folded node makes or unpacks; null where there are none, or their scales are not constant. */
export function readQuant(graph: DescribedGraph, node: NodeFacts, carried: number): QuantFacts | null {
  if (isOperator(node, "Mul")) return readScaled(graph, node, carried);
  if (!isOperator(node, "QuantizeLinear", "DequantizeLinear")) return null;
  const [, scaleValue = null, zeroValue = null] = node.inputs;
  const integers = isOperator(node, "DequantizeLinear") ? carried : (node.outputs[0] ?? null);
  const scales = scaleValue === null ? undefined : graph.tensors.get(scaleValue);
  if (integers === null || scales === undefined) return null;
  const axis = node.attributes.find((attribute) => attribute.name === "axis");
  return describe(graph, integers, scales, Number(axis?.text ?? 1), readZeroPoint(graph, zeroValue));
}

/** Mul(Cast(integers), scales): the scales differ along the axis on which they have more than one. */
function readScaled(graph: DescribedGraph, node: NodeFacts, carried: number): QuantFacts | null {
  const factor = node.inputs.find((input) => input !== carried) ?? null;
  const scales = factor === null ? undefined : graph.tensors.get(factor);
  const integers = graph.values[carried]?.source;
  if (scales === undefined || integers === undefined) return null;
  const axis = scales.dims.findIndex((size) => size > 1);
  return describe(graph, integers, scales, Math.max(0, axis), 0);
}

function describe(graph: DescribedGraph, integers: number, scales: Tensor, axis: number, zeroPoint: number | null): QuantFacts | null {
  if (!FLOATS.has(typeName(scales.dataType))) return null;
  const values = toNumbers(scales);
  if (values.length === 0) return null;
  const constant = graph.tensors.get(integers);
  return {
    type: (constant === undefined ? undefined : SMALL_INTEGERS[constant.dataType]) ?? graph.values[integers]?.type ?? "other",
    channels: values.length,
    axis: values.length === 1 ? null : axis,
    scaleMin: values.reduce((least, value) => Math.min(least, value), Infinity),
    scaleMax: values.reduce((most, value) => Math.max(most, value), -Infinity),
    zeroPoint,
  };
}

/** 0 where it is left out; null where the channels differ, or it cannot be read here. */
function readZeroPoint(graph: DescribedGraph, value: number | null): number | null {
  if (value === null) return 0;
  const tensor = graph.tensors.get(value);
  if (tensor === undefined || typeName(tensor.dataType) === "other") return null;
  const values: ArrayLike<number | bigint> = storageView(tensor);
  const first = Number(values[0] ?? 0);
  return Array.from(values).every((each) => Number(each) === first) ? first : null;
}
