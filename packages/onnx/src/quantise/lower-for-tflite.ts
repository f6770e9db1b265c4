import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { floatTensor, toNumbers } from "../graph/tensor.ts";
import { type Pass, rewriteNodes } from "../passes/pass.ts";
import { runPasses } from "../passes/run-passes.ts";
import type { KernelChoice } from "./kernel-sets.ts";
import type { Exclusions } from "./options.ts";

/**
 * Takes apart what TFLite has integer kernels for in parts only, where the profile asks for them. Integer devices have no float to go back to.
 *
 * Before:     y = BatchNormalization(x) that no layer absorbed; y = Mean(a, b); y = Sum(a, b)
 * After:      y = x · k + c; y = (a + b) · ½; y = a + b
 * Conditions: constant statistics, inference; two float32 operands; the node is not excluded
 */
export function lowerForTflite(model: OnnxModel, options: Exclusions & KernelChoice): void {
  if (options.kernels !== "tflite") return;
  const excluded = (node: Node): boolean =>
    options.exclude?.includes(node.name) === true || options.excludeOperators?.includes(node.opType) === true;
  const lower: Pass = {
    id: "lower-for-tflite",
    run: (graph) =>
      rewriteNodes(graph, (node) => {
        if (excluded(node) || graph.typeOf(node.inputs[0] ?? "")?.elemType !== DataType.FLOAT) return false;
        if (node.is("BatchNormalization")) return lowerBatchNorm(graph, node);
        return node.is("Mean", "Sum") && node.inputs.length === 2 && lowerPair(graph, node);
      }),
  };
  runPasses(model, [lower]);
}

function lowerBatchNorm(graph: Graph, node: Node): boolean {
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length ?? 0;
  const statistics = node.inputs.slice(1, 5).map((input) => graph.constantOf(input));
  if (rank < 2 || node.int("training_mode", 0) !== 0 || statistics.some((tensor) => tensor === null)) return false;
  const [scale, bias, mean, variance] = statistics.map((tensor) => (tensor === null ? new Float64Array() : toNumbers(tensor)));
  const dims = [scale?.length ?? 0, ...Array.from({ length: rank - 2 }, () => 1)];
  const epsilon = node.float("epsilon", 1e-5);
  const factors = Float64Array.from(scale ?? [], (value, channel) => value / Math.sqrt((variance?.[channel] ?? 1) + epsilon));
  const shifts = factors.map((factor, channel) => (bias?.[channel] ?? 0) - (mean?.[channel] ?? 0) * factor);
  if (![...factors, ...shifts].every(Number.isFinite)) return false;
  const scaled = graph.freshName("n");
  const constant = (values: Float64Array): string => graph.addConstant(floatTensor(dims, values));
  graph.addNode({ opType: "Mul", inputs: [node.inputs[0] ?? "", constant(factors)], outputs: [scaled] });
  graph.replaceNode(node, { opType: "Add", name: node.name, inputs: [scaled, constant(shifts)], outputs: node.outputs.slice(0, 1) });
  return true;
}

function lowerPair(graph: Graph, node: Node): boolean {
  const { name, inputs, outputs } = node;
  if (node.is("Sum")) {
    graph.replaceNode(node, { opType: "Add", name, inputs, outputs });
    return true;
  }
  const sum = graph.freshName("s");
  graph.addNode({ opType: "Add", inputs, outputs: [sum] });
  graph.replaceNode(node, { opType: "Mul", name, inputs: [sum, graph.addConstant(floatTensor([], [0.5]))], outputs });
  return true;
}
