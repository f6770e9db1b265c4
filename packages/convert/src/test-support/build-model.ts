import { DataType, type Dim, type NodeInit, type OnnxModel, readModel, type Tensor } from "@flotilla/onnx";

export interface ModelSketch {
  readonly nodes: readonly NodeInit[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Shapes of float32 inputs, or a shape with another element type. Default `x` of [1, 4]. */
  readonly inputs?: Readonly<Record<string, readonly Dim[] | { readonly elemType: number; readonly shape: readonly Dim[] }>>;
  /** Float32 outputs of unknown shape, or their element types. Default `y`. */
  readonly outputs?: readonly string[] | Readonly<Record<string, number>>;
  readonly opset?: number;
}

/** An empty file of IR version 8: a graph called "g" and the standard operators. */
function emptyModel(opset: number): OnnxModel {
  return readModel(Uint8Array.of(8, opset >= 21 ? 10 : 8, 0x3a, 3, 0x12, 1, 0x67, 0x42, 2, 0x10, opset));
}

/** A small model out of a sketch. */
export function buildModel(sketch: ModelSketch): OnnxModel {
  const model = emptyModel(sketch.opset ?? 17);
  const { graph } = model;
  for (const [name, given] of Object.entries(sketch.inputs ?? { x: [1, 4] })) {
    graph.inputs.push(name);
    graph.types.set(name, "shape" in given ? given : { elemType: DataType.FLOAT, shape: given });
  }
  const outputs = sketch.outputs ?? ["y"];
  const types = Array.isArray(outputs) ? outputs.map((name: string): [string, number] => [name, DataType.FLOAT]) : Object.entries(outputs);
  for (const [name, elemType] of types) {
    graph.outputs.push(name);
    if (!graph.types.has(name)) graph.types.set(name, { elemType: Number(elemType), shape: null });
  }
  for (const [name, tensor] of Object.entries(sketch.constants ?? {})) graph.constants.set(name, tensor);
  for (const node of sketch.nodes) graph.addNode(node);
  return model;
}

/** Values in [-1, 1), the same in every run (mulberry32). */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed * 0x9e3779b9;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}
