import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type NodeInit } from "../graph/node.ts";
import { int64Tensor } from "../graph/tensor.ts";
import { buildModel, buildSubgraph, noiseTensor } from "./build-model.ts";

const HIDDEN = 16;

/**
 * As recognisers of speech are exported: the sampling rate chooses between two nets, each an encoder, an LSTM whose state goes in and comes out, and a
 * decoder. Inputs x [n, 8], h and c [1, n, 16], rate (int64, a single number); outputs y [n, 1], h_out, c_out.
 */
export function branchingModel(): OnnxModel {
  const state = [1, "n", HIDDEN];
  const model = buildModel({
    inputs: { x: ["n", 8], h: state, c: state, rate: [] },
    outputs: ["y", "h_out", "c_out"],
    constants: { expected: { ...int64Tensor([16_000]), dims: [] } },
    nodes: [{ opType: "Equal", inputs: ["rate", "expected"], outputs: ["fast"] }],
  });
  const { graph } = model;
  graph.types.set("rate", { elemType: DataType.INT64, shape: [] });
  graph.types.set("y", { elemType: DataType.FLOAT, shape: ["n", 1] });
  for (const name of ["h_out", "c_out"]) graph.types.set(name, { elemType: DataType.FLOAT, shape: state });
  graph.addNode({
    opType: "If",
    inputs: ["fast"],
    outputs: ["y", "h_out", "c_out"],
    attributes: {
      then_branch: { kind: "graph", value: recogniser(graph, 1) },
      else_branch: { kind: "graph", value: recogniser(graph, 2) },
    },
  });
  return model;
}

function recogniser(parent: Graph, seed: number): Graph {
  const name = (what: string): string => `${what}_${seed}`;
  const node = (
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: NodeInit["attributes"] = {},
  ): NodeInit => ({
    opType,
    name: name(opType + outputs[0]),
    inputs: inputs.map((input) => (["x", "h", "c", ""].includes(input) ? input : name(input))),
    outputs: outputs.map((output) => (output === "" ? "" : name(output))),
    attributes,
  });
  const graph = buildSubgraph(parent, {
    outputs: ["y", "h_out", "c_out"].map(name),
    constants: Object.fromEntries(
      Object.entries({
        first: noiseTensor([8, 32], seed),
        bias: noiseTensor([32], seed + 10),
        input: noiseTensor([1, 4 * HIDDEN, 32], seed + 20),
        recurrent: noiseTensor([1, 4 * HIDDEN, HIDDEN], seed + 30),
        last: noiseTensor([HIDDEN, 1], seed + 40),
        zero: int64Tensor([0]),
      }).map(([what, tensor]) => [name(what), tensor]),
    ),
    nodes: [
      node("Gemm", ["x", "first", "bias"], ["features"]),
      node("Relu", ["features"], ["active"]),
      node("Unsqueeze", ["active", "zero"], ["step"]),
      node("LSTM", ["step", "input", "recurrent", "", "", "h", "c"], ["all", "h_out", "c_out"], { hidden_size: intAttribute(HIDDEN) }),
      node("Squeeze", ["h_out", "zero"], ["answer"]),
      node("Gemm", ["answer", "last"], ["logit"]),
      node("Sigmoid", ["logit"], ["y"]),
    ],
  });
  return graph;
}
