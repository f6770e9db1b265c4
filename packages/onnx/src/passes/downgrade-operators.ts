import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { type Attribute, floatAttribute, intAttribute, intsAttribute, type Node } from "../graph/node.ts";
import { elementCount, floatTensor, toBigInts, toNumbers } from "../graph/tensor.ts";
import { expressLayerNorm } from "./express-older.ts";

type Downgrade = (graph: Graph, node: Node) => void;

export function refuseOlder(node: Node, why: string): OnnxError {
  return new OnnxError(
    "UNSUPPORTED_OPSET",
    `The node ${node.describe()} ${why}, which older operator sets cannot say. Choose a newer one for the device.`,
  );
}

/** The integers of a constant input as an attribute; null where it is calculated. */
export const ints =
  (index: number) =>
  (graph: Graph, node: Node): Attribute | null => {
    const tensor = graph.constantOf(node.inputs[index] ?? "");
    return tensor === null ? null : intsAttribute(toBigInts(tensor));
  };

export function rankOf(graph: Graph, node: Node): number {
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  if (rank === undefined) throw refuseOlder(node, "has data of unknown rank");
  return rank;
}

/** Since 13 along one axis; before, everything from the axis on was taken at once: the same where it is the last one. */
export function softmaxAtEnd(graph: Graph, node: Node): void {
  const rank = rankOf(graph, node);
  const given = node.int("axis", -1);
  const axis = given < 0 ? given + rank : given;
  node.attributes.set("axis", intAttribute(rank - 1));
  if (axis === rank - 1) return;
  const perm = intsAttribute(Array.from({ length: rank }, (_, index) => (index === axis ? rank - 1 : index === rank - 1 ? axis : index)));
  const [before, behind] = [graph.freshName("turned"), graph.freshName("softmax")];
  graph.addNode({ opType: "Transpose", inputs: [node.inputs[0] ?? ""], outputs: [before], attributes: { perm } });
  const output = node.outputs[0] ?? "";
  graph.setInput(node, 0, before);
  graph.setOutput(node, 0, behind);
  graph.addNode({ opType: "Transpose", inputs: [behind], outputs: [output], attributes: { perm } });
}

/** Resize 11 → 10, which samples at index / scale, rounded down. */
export function toResize10(graph: Graph, node: Node): void {
  const mode = node.string("mode", "nearest");
  const coordinates = node.string("coordinate_transformation_mode", "half_pixel");
  const scales = graph.constantOf(node.inputs[2] ?? "");
  const floors = mode === "linear" || node.string("nearest_mode", "round_prefer_floor") === "floor";
  if (coordinates !== "asymmetric" || !floors || mode === "cubic" || scales === null || (node.inputs[3] ?? "") !== "")
    throw refuseOlder(node, `samples with ${coordinates}, ${mode}`);
  if (toNumbers(scales).some((scale) => scale < 1)) throw refuseOlder(node, "shrinks");
  const attribute = node.attributes.get("mode");
  graph.replaceNode(node, {
    opType: "Resize",
    name: node.name,
    inputs: [node.inputs[0] ?? "", node.inputs[2] ?? ""],
    outputs: node.outputs,
    attributes: attribute === undefined ? {} : { mode: attribute },
  });
}

export function rename(opType: string): Downgrade {
  return (graph, node) => {
    const { name, inputs, outputs, attributes } = node;
    graph.replaceNode(node, { opType, name, inputs, outputs, attributes });
  };
}

/** Slice 10 → 1: attributes, and steps of 1 only. */
export function toSlice1(graph: Graph, node: Node): void {
  const steps = node.inputs[4] ?? "";
  const tensor = graph.constantOf(steps);
  if (steps !== "" && (tensor === null || toBigInts(tensor).some((step) => step !== 1n))) throw refuseOlder(node, "takes steps");
  const entries = [
    ["starts", 1],
    ["ends", 2],
    ["axes", 3],
  ] as const;
  const attributes = entries.flatMap(([name, index]): [string, Attribute][] => {
    if ((node.inputs[index] ?? "") === "") return [];
    const attribute = ints(index)(graph, node);
    if (attribute === null) throw refuseOlder(node, `calculates its ${name}`);
    return [[name, attribute]];
  });
  graph.replaceNode(node, {
    opType: "Slice",
    name: node.name,
    inputs: node.inputs.slice(0, 1),
    outputs: node.outputs,
    attributes: new Map(attributes),
  });
}

/** Clip 11 → 6: limits as attributes, of floats only. */
export function toClip6(graph: Graph, node: Node): void {
  const limits = [
    ["min", 1],
    ["max", 2],
  ] as const;
  const elemType = graph.typeOf(node.inputs[0] ?? "")?.elemType ?? DataType.FLOAT;
  if (![DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16].some((type) => type === elemType)) throw refuseOlder(node, "clips integers");
  const attributes = limits.flatMap(([name, index]): [string, Attribute][] => {
    const tensor = graph.constantOf(node.inputs[index] ?? "");
    if ((node.inputs[index] ?? "") === "") return [];
    if (tensor === null) throw refuseOlder(node, `calculates its ${name}`);
    return [[name, floatAttribute(toNumbers(tensor)[0] ?? 0)]];
  });
  graph.replaceNode(node, {
    opType: "Clip",
    name: node.name,
    inputs: node.inputs.slice(0, 1),
    outputs: node.outputs,
    attributes: new Map(attributes),
  });
}

/** Pad 11 → 2: amounts and value as attributes. */
export function toPad2(graph: Graph, node: Node): void {
  const pads = ints(1)(graph, node);
  const value = graph.constantOf(node.inputs[2] ?? "");
  if (pads === null || ((node.inputs[2] ?? "") !== "" && value === null)) throw refuseOlder(node, "calculates its amounts");
  const mode = node.attributes.get("mode");
  graph.replaceNode(node, {
    opType: "Pad",
    name: node.name,
    inputs: node.inputs.slice(0, 1),
    outputs: node.outputs,
    attributes: new Map<string, Attribute>([
      ["pads", pads],
      ...(value === null ? [] : [["value", floatAttribute(toNumbers(value)[0] ?? 0)] as const]),
      ...(mode === undefined ? [] : [["mode", mode] as const]),
    ]),
  });
}

/** Shape 15 → 1: a part of it is taken by a Slice. */
export function shapePart(graph: Graph, node: Node): void {
  if (!node.attributes.has("start") && !node.attributes.has("end")) return;
  const [start, end] = [node.int("start", 0), node.int("end", rankOf(graph, node))];
  const whole = graph.freshName("shape");
  const output = node.outputs[0] ?? "";
  graph.replaceNode(node, { opType: "Shape", name: node.name, inputs: node.inputs, outputs: [whole] });
  const at = (value: number): string =>
    graph.addConstant({ dataType: DataType.INT64, dims: [1], bytes: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer) });
  graph.addNode({ opType: "Slice", inputs: [whole, at(start), at(end)], outputs: [output] });
}

export function checkReshape(graph: Graph, node: Node): void {
  const shape = graph.constantOf(node.inputs[1] ?? "");
  if (node.int("allowzero", 0) === 1 && (shape === null || toBigInts(shape).includes(0n)))
    throw refuseOlder(node, "makes tensors without elements");
  node.attributes.delete("allowzero");
}

export function checkScalarScale(graph: Graph, node: Node): void {
  const scale = graph.typeOf(node.inputs[1] ?? "")?.shape ?? null;
  const size = scale === null ? 1 : elementCount(scale.map((dim) => (typeof dim === "number" ? dim : 2)));
  if (size !== 1) throw refuseOlder(node, "has a scale per channel");
  node.attributes.delete("axis");
}

export function checkIntegers(graph: Graph, node: Node): void {
  const zero = node.inputs[2] ?? "";
  const elemType = graph.typeOf(zero === "" ? (node.inputs[0] ?? "") : zero)?.elemType ?? DataType.UINT8;
  const known = [DataType.INT8, DataType.UINT8, DataType.INT32, DataType.FLOAT].some((type) => type === elemType);
  if (!known || node.int("block_size", 0) !== 0) throw refuseOlder(node, "quantises to other integers than int8 and uint8, or in blocks");
  for (const name of ["block_size", "output_dtype", "saturate"]) node.attributes.delete(name);
}

export function toGridMode16(_graph: Graph, node: Node): void {
  const mode = node.string("mode", "linear");
  node.attributes.set("mode", { kind: "string", value: new TextEncoder().encode(mode === "nearest" ? mode : `bi${mode}`) });
}

export function spreadAxes(graph: Graph, node: Node): void {
  if ((node.inputs[3] ?? "") !== "") throw refuseOlder(node, "pads named axes");
  if (node.string("mode", "constant") === "wrap") throw refuseOlder(node, "pads in mode wrap");
  if (node.inputs.length > 3) graph.setInput(node, 3, "");
}

/** Negative axes were allowed in 11. */
export function positiveAxis(graph: Graph, node: Node): void {
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length ?? null;
  const added = node.is("Unsqueeze") ? (node.ints("axes")?.length ?? 0) : 0;
  const places = (axis: number): number => {
    if (axis >= 0) return axis;
    if (rank === null) throw refuseOlder(node, "counts an axis from the end of data of unknown rank");
    return axis + rank + added;
  };
  if (node.attributes.has("axis")) node.attributes.set("axis", intAttribute(places(node.int("axis", 0))));
  const axes = node.ints("axes");
  if (axes !== null) node.attributes.set("axes", intsAttribute(axes.map(places)));
}

/** Until 11 none of its inputs could be left out: an empty tensor says the same. */
export function fillResize(graph: Graph, node: Node): void {
  for (const index of [1, 2])
    if ((node.inputs[index] ?? "") === "") graph.setInput(node, index, graph.addConstant(floatTensor([0], []), "none"));
}

export function firstInt(graph: Graph, node: Node): Attribute | null {
  const tensor = graph.constantOf(node.inputs[1] ?? "");
  return tensor === null ? null : intAttribute(toBigInts(tensor)[0] ?? 0n);
}

export function checkedLayerNorm(graph: Graph, node: Node): void {
  if (node.outputs.slice(1).some((output) => output !== "")) throw refuseOlder(node, "writes its mean or deviation");
  rankOf(graph, node);
  expressLayerNorm(graph, node);
}

/** Until 7 the operands had one shape. */
export function checkEqualShapes(graph: Graph, node: Node): void {
  const shapes = node.inputs.map((input) => graph.typeOf(input)?.shape ?? null);
  const [first] = shapes;
  const equal =
    first !== null &&
    first !== undefined &&
    shapes.every((shape) => shape !== null && shape.join() === first.join() && !shape.includes(null));
  if (!equal) throw refuseOlder(node, "has operands of several shapes");
}
