import { type Attribute, intsAttribute, type Node } from "@flotilla/onnx";
import { knownShape, type Lowering } from "./lowering.ts";

/**
 * MaxPool and AveragePool over three places: over the last two with the first one as part of the batch, then over the first one with the last two as one. A largest
 * value is the largest of largest ones, and a mean over a box of places that count is the mean of means.
 */
export const poolsOfThree: Lowering = {
  operators: ["MaxPool", "AveragePool"],
  applies: (graph, node) => knownShape(graph, node.inputs[0] ?? "")?.length === 5,
  refuse: (_, node) => {
    if ((node.outputs[1] ?? "") !== "") return "its indices are read, which TFLite does not give.";
    return (node.ints("dilations") ?? []).every((dilation) => dilation === 1) ? null : "TFLite does not pool with dilation.";
  },
  build: (b, node) => {
    const [input = ""] = node.inputs;
    const [batch = 1, channels = 1, depth = 1, height = 1, width = 1] = knownShape(b.graph, input) ?? [];
    const [outDepth = 1, outHeight = 1, outWidth = 1] = knownShape(b.graph, node.outputs[0] ?? "")?.slice(2) ?? [];
    const planes = b.reshape(b.transpose(input, [0, 2, 1, 3, 4]), [batch * depth, channels, height, width]);
    const pooled = b.op(node.opType, [planes], partOf(node, [1, 2]));
    const lines = b.transpose(b.reshape(pooled, [batch, depth, channels, outHeight * outWidth]), [0, 2, 1, 3]);
    const result = b.op(node.opType, [lines], withUnit(partOf(node, [0])));
    return b.reshape(result, [batch, channels, outDepth, outHeight, outWidth]);
  },
};

/** The attributes of some of the places. */
function partOf(node: Node, places: readonly number[]): Record<string, Attribute> {
  const result: Record<string, Attribute> = {};
  for (const name of ["kernel_shape", "strides"]) {
    const values = node.ints(name);
    if (values !== null) result[name] = intsAttribute(places.map((place) => values[place] ?? 1));
  }
  const pads = node.ints("pads");
  if (pads !== null)
    result["pads"] = intsAttribute([...places.map((place) => pads[place] ?? 0), ...places.map((place) => pads[place + 3] ?? 0)]);
  for (const name of ["auto_pad", "ceil_mode", "count_include_pad"]) {
    const attribute = node.attributes.get(name);
    if (attribute !== undefined) result[name] = attribute;
  }
  return result;
}

/** One place as two, of which the second is left alone. */
function withUnit(attributes: Record<string, Attribute>): Record<string, Attribute> {
  const ints = (name: string): readonly bigint[] => {
    const attribute = attributes[name];
    return attribute?.kind === "ints" ? attribute.value : [];
  };
  const result = { ...attributes };
  for (const name of ["kernel_shape", "strides"]) if (attributes[name] !== undefined) result[name] = intsAttribute([...ints(name), 1]);
  const [before = 0n, behind = 0n] = ints("pads");
  if (attributes["pads"] !== undefined) result["pads"] = intsAttribute([before, 0, behind, 0]);
  return result;
}
