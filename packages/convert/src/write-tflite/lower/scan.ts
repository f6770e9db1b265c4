import { type Graph, intAttribute, type Node } from "@flotilla/onnx";
import { knownShape, type Lowering, type NodeBuilder } from "./lowering.ts";

/** Longer sequences would make thousands of operators. */
const MOST_STEPS = 512;

/**
 * Scan, step by step: its body is written once for each.
 * Source: https://onnx.ai/onnx/operators/onnx__Scan.html (version 9 and newer)
 */
export const scan: Lowering = {
  operators: ["Scan"],
  refuse: (graph, node) => {
    const body = bodyOf(node);
    const scanned = node.int("num_scan_inputs", 0);
    const shape = knownShape(graph, node.inputs.at(-1) ?? "");
    if (body === null || scanned < 1 || shape === null) return "its body or the length of its sequence is not known.";
    const steps = shape[node.ints("scan_input_axes")?.at(-1) ?? 0] ?? 0;
    if (steps < 1 || steps > MOST_STEPS) return `its sequence has ${steps} steps; 1 to ${MOST_STEPS} are written out.`;
    return body.nodes.some((inner) => inner.subgraphs().length > 0) ? "its body has bodies of its own." : null;
  },
  build: (b, node) => {
    const body = bodyOf(node);
    if (body === null) return [];
    const scanned = node.int("num_scan_inputs", 0);
    const states = node.inputs.length - scanned;
    const sequences = node.inputs.slice(states);
    const axes = sequences.map((_, index) => node.ints("scan_input_axes")?.[index] ?? 0);
    const steps = knownShape(b.graph, sequences[0] ?? "")?.[axes[0] ?? 0] ?? 0;
    const constants = new Map([...body.constants].map(([name, tensor]): [string, string] => [name, b.graph.addConstant(tensor)]));
    let current: readonly string[] = node.inputs.slice(0, states);
    const collected: string[][] = body.outputs.slice(states).map(() => []);
    for (let count = 0; count < steps; count += 1) {
      const parts = sequences.map((sequence, index) => {
        const backwards = node.ints("scan_input_directions")?.[index] === 1;
        const at = backwards ? steps - 1 - count : count;
        return b.op("Squeeze", [sliceOf(b, sequence, axes[index] ?? 0, at), b.integers([axes[index] ?? 0])]);
      });
      const results = writeBody(b, body, [...current, ...parts], constants);
      current = results.slice(0, states);
      for (const [index, value] of results.slice(states).entries()) {
        const axis = node.ints("scan_output_axes")?.[index] ?? 0;
        const part = b.op("Unsqueeze", [value, b.integers([axis])]);
        if (node.ints("scan_output_directions")?.[index] === 1) collected[index]?.unshift(part);
        else collected[index]?.push(part);
      }
    }
    const joined = collected.map((parts, index) =>
      b.op("Concat", parts, { axis: intAttribute(node.ints("scan_output_axes")?.[index] ?? 0) }),
    );
    // A state that the body hands on as it is must still be a value of its own.
    return [...current.map((value) => b.op("Identity", [value])), ...joined];
  },
};

function bodyOf(node: Node): Graph | null {
  const attribute = node.attributes.get("body");
  return attribute?.kind === "graph" ? attribute.value : null;
}

function sliceOf(b: NodeBuilder, value: string, axis: number, at: number): string {
  return b.op("Slice", [value, b.integers([at]), b.integers([at + 1]), b.integers([axis])]);
}

/** Copies the nodes of a body, with its inputs bound to values of the graph; gives the values of its outputs. */
function writeBody(b: NodeBuilder, body: Graph, inputs: readonly string[], constants: ReadonlyMap<string, string>): readonly string[] {
  const names = new Map(constants);
  for (const [index, input] of body.inputs.entries()) names.set(input, inputs[index] ?? "");
  for (const inner of body.nodes) {
    const outputs = inner.outputs.map((output) => (output === "" ? "" : b.graph.freshName("step")));
    b.graph.addNode({
      opType: inner.opType,
      domain: inner.domain,
      name: inner.name,
      inputs: inner.inputs.map((input) => names.get(input) ?? input),
      outputs,
      attributes: inner.attributes,
    });
    for (const [index, output] of inner.outputs.entries()) names.set(output, outputs[index] ?? "");
  }
  return body.outputs.map((output) => names.get(output) ?? output);
}
