import { DataType } from "../graph/data-types.ts";
import { Graph } from "../graph/graph.ts";
import { type OnnxModel, opsetOf } from "../graph/model.ts";
import { type Attribute, type Node } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor, tensorFromNumbers, toNumbers } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { dequantiseWeights, integerWeights } from "../correct/dequantise-weights.ts";
import { cloneModel, type Layer, listLayers } from "../correct/layers.ts";

/** One file in which each layer can be run in float or as its quantised model runs it, chosen by an input at run time. */
export interface Switchboard {
  readonly bytes: Uint8Array;
  /** A bool input with one entry per layer: 1 runs it quantised. */
  readonly switchInput: string;
  readonly layers: readonly SwitchedLayer[];
  /** What the outputs are compared by: in front of a closing Softmax or Sigmoid, which would hide errors where it saturates. */
  readonly scores: readonly string[];
}

export interface SwitchedLayer {
  readonly name: string;
  readonly opType: string;
  readonly parameters: number;
  /** The layer's output value, an output of the switchboard too. */
  readonly output: string;
}

/**
 * Before:     y = Conv(x, W, b), in a float model
 * After:      y = If(switch[i]) { Conv(DequantizeLinear(QuantizeLinear(x)), Ŵ, b̂) } else { Conv(x, W, b) }
 * Conditions: a layer with float weights in `model` and integer ones in `quantised`, found by its name
 *
 * An If runs only the branch that it takes, so a run costs about as much as a float one, and one session answers all questions about all layers: opening
 * a session per layer took longer than running it.
 */
export function buildSwitchboard(model: OnnxModel, quantised: OnnxModel): Switchboard {
  const copy = cloneModel(model);
  // The branches hold QuantizeLinear and DequantizeLinear, which older operator sets lack.
  upgradeOpset(copy, opsetOf(quantised));
  const { graph } = copy;
  const scores = scoreValues(graph);
  const counterparts = new Map(quantised.graph.nodes.map((node) => [node.name, node]));
  const switchInput = graph.freshName("switch");
  const layers: SwitchedLayer[] = [];
  for (const layer of listLayers(graph)) {
    const branch = quantisedBranch(graph, layer, quantised.graph, counterparts.get(layer.name));
    if (branch === null) continue;
    const output = layer.node.outputs[0] ?? "";
    const condition = graph.freshName("on");
    graph.addNode({
      opType: "Gather",
      inputs: [switchInput, graph.addConstant(scalarIndex(layers.length), "i")],
      outputs: [condition],
    });
    layers.push({ name: layer.name, opType: layer.node.opType, parameters: layer.weight.bytes.byteLength / 4, output });
    const attributes: Record<string, Attribute> = {
      then_branch: { kind: "graph", value: branch },
      else_branch: { kind: "graph", value: floatBranch(graph, layer) },
    };
    graph.removeNode(layer.node);
    graph.addNode({ opType: "If", name: layer.name, inputs: [condition], outputs: [output], attributes });
  }
  graph.inputs.push(switchInput);
  graph.types.set(switchInput, { elemType: DataType.BOOL, shape: [layers.length] });
  for (const name of [...scores, ...layers.map((layer) => layer.output)]) if (!graph.outputs.includes(name)) graph.outputs.push(name);
  graph.sortTopologically();
  return { bytes: writeModel(copy), switchInput, layers, scores };
}

/** Each output, or what a Softmax or Sigmoid makes it from. */
export function scoreValues(graph: Graph): string[] {
  return graph.outputs.map((output) => {
    const producer = graph.producerOf(output);
    const input = producer?.inputs[0] ?? "";
    return producer?.is("Softmax", "LogSoftmax", "Sigmoid") === true && graph.producerOf(input) !== null ? input : output;
  });
}

function scalarIndex(index: number): Tensor {
  return { ...int64Tensor([index]), dims: [] };
}

function newBranch(parent: Graph, layer: Layer): { branch: Graph; output: string } {
  const branch = new Graph(parent);
  branch.name = layer.name;
  const output = parent.freshName("y");
  branch.outputs.push(output);
  branch.types.set(output, { elemType: DataType.FLOAT, shape: null });
  return { branch, output };
}

function floatBranch(parent: Graph, layer: Layer): Graph {
  const { branch, output } = newBranch(parent, layer);
  const [input = "", , ...rest] = layer.node.inputs;
  // The weights lie inside, where onnxruntime may lay them out anew; the float branch of a rarely taken layer costs memory only.
  addLayerNode(branch, layer.node, [input, branch.addConstant(layer.weight, "w"), ...rest], output);
  return branch;
}

function quantisedBranch(parent: Graph, layer: Layer, source: Graph, node: Node | undefined): Graph | null {
  const weights = node === undefined ? null : integerWeights(source, node);
  if (node === undefined || weights === null) return null;
  const { branch, output } = newBranch(parent, layer);
  const input = quantisedInput(branch, layer.node.inputs[0] ?? "", source, source.producerOf(node.inputs[0] ?? ""));
  const inputs = [input, branch.addConstant(floatTensor(weights.dims, dequantiseWeights(weights)), "w")];
  const bias = biasOf(source, node);
  if (bias !== null) inputs.push(branch.addConstant(bias, "b"));
  addLayerNode(branch, layer.node, inputs, output);
  return branch;
}

function addLayerNode(branch: Graph, { opType, attributes }: Node, inputs: readonly string[], output: string): void {
  branch.addNode({ opType, inputs, outputs: [output], attributes });
}

/** The value rounded as the integer layer reads it. */
function quantisedInput(branch: Graph, value: string, source: Graph, dequantise: Node | null): string {
  const [, scaleName = "", zeroName = ""] = dequantise?.is("DequantizeLinear") === true ? dequantise.inputs : [];
  const [scale, zero] = [source.constantOf(scaleName), source.constantOf(zeroName)];
  if (scale === null || zero === null || scale.dims.length > 0) return value;
  const parameters = [branch.addConstant(scale, "s"), branch.addConstant(zero, "z")];
  const [rounded, real] = [branch.freshName("q"), branch.freshName("d")];
  branch.addNode({ opType: "QuantizeLinear", inputs: [value, ...parameters], outputs: [rounded] });
  branch.addNode({ opType: "DequantizeLinear", inputs: [rounded, ...parameters], outputs: [real] });
  return real;
}

/** Int32 behind a DequantizeLinear, or float. */
function biasOf(source: Graph, node: Node): Tensor | null {
  const name = node.inputs[2] ?? "";
  const plain = source.constantOf(name);
  if (name === "" || plain !== null) return plain;
  const dequantise = source.producerOf(name);
  const [constant = "", scaleName = ""] = dequantise?.is("DequantizeLinear") === true ? dequantise.inputs : [];
  const [integers, scale] = [source.constantOf(constant), source.constantOf(scaleName)];
  if (integers === null || scale === null) return null;
  const scales = toNumbers(scale);
  const values = toNumbers(integers).map((value, channel) => value * (scales[scales.length === 1 ? 0 : channel] ?? 1));
  return tensorFromNumbers(DataType.FLOAT, integers.dims, values);
}
