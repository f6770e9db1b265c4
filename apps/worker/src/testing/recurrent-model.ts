import { type Attribute, DataType, floatTensor, Graph, int64Tensor, readModel, writeModel } from "@flotilla/onnx";

const [SIZE, STATE] = [8, 16];

/**
 * A detector of something in a signal, as those of speech are exported: x [n, 8] and a state h [n, 16] go in, a probability y [n, 1] and the next state
 * hN come out, and an integer `rate` chooses between two nets. `any` is a model whose container is borrowed.
 */
export function recurrentModel(any: Uint8Array): Uint8Array {
  const graph = new Graph();
  const add = (name: string, elemType: number, shape: readonly (number | string)[]) => graph.types.set(name, { elemType, shape });
  graph.name = "recurrent";
  graph.inputs.push("x", "h", "rate");
  graph.outputs.push("y", "hN");
  add("x", DataType.FLOAT, ["n", SIZE]);
  add("h", DataType.FLOAT, ["n", STATE]);
  add("rate", DataType.INT64, []);
  add("y", DataType.FLOAT, ["n", 1]);
  add("hN", DataType.FLOAT, ["n", STATE]);
  graph.constants.set("fast", { ...int64Tensor([16_000]), dims: [] });
  graph.addNode({ opType: "Equal", inputs: ["rate", "fast"], outputs: ["is_fast"] });
  const branch = (scale: number): Attribute => ({ kind: "graph", value: net(graph, scale) });
  graph.addNode({
    opType: "If",
    inputs: ["is_fast"],
    outputs: ["y", "hN"],
    attributes: { then_branch: branch(1), else_branch: branch(2) },
  });
  return writeModel({ ...readModel(any), opsets: new Map([["", 17]]), graph });
}

/** hN = tanh(x·W + h·U), y = sigmoid(hN·v) */
function net(parent: Graph, scale: number): Graph {
  const graph = new Graph(parent);
  const at = (name: string): string => `${name}_${scale}`;
  graph.name = at("net");
  for (const [output, size] of [
    ["y", 1],
    ["hN", STATE],
  ] as const) {
    graph.outputs.push(at(output));
    graph.types.set(at(output), { elemType: DataType.FLOAT, shape: ["n", size] });
  }
  graph.constants.set(at("W"), waves([SIZE, STATE], scale));
  graph.constants.set(at("U"), waves([STATE, STATE], scale / 4));
  graph.constants.set(at("v"), waves([STATE, 1], 2));
  const node = (opType: string, inputs: readonly string[], output: string): void => {
    graph.addNode({ opType, name: at(output), inputs, outputs: [at(output)] });
  };
  node("MatMul", ["x", at("W")], "seen");
  node("MatMul", ["h", at("U")], "kept");
  node("Add", [at("seen"), at("kept")], "sum");
  node("Tanh", [at("sum")], "hN");
  node("MatMul", [at("hN"), at("v")], "logit");
  node("Sigmoid", [at("logit")], "y");
  return graph;
}

function waves(dims: readonly [number, number], scale: number) {
  return floatTensor(
    dims,
    Float32Array.from({ length: dims[0] * dims[1] }, (_, index) => scale * Math.sin(1 + 2.3 * index)),
  );
}
