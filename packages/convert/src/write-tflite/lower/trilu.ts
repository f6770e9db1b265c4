import { DataType, type Graph, type Node, tensorFromNumbers, toNumbers } from "@flotilla/onnx";
import { knownShape, type Lowering } from "./lowering.ts";

/** How far the diagonal is moved; null where it is calculated. */
function shiftOf(graph: Graph, node: Node): number | null {
  const name = node.inputs[1] ?? "";
  if (name === "") return 0;
  const constant = graph.constantOf(name);
  return constant === null ? null : (toNumbers(constant)[0] ?? 0);
}

/** Trilu of a matrix of known size: Where with a mask. Source: https://onnx.ai/onnx/operators/onnx__Trilu.html */
export const trilu: Lowering = {
  operators: ["Trilu"],
  refuse: (graph, node) => {
    if (shiftOf(graph, node) === null) return "which diagonal it keeps is calculated. Make it a constant.";
    return knownShape(graph, node.inputs[0] ?? "") === null
      ? "the size of its matrices is not known. Give the model fixed input sizes first."
      : null;
  },
  build: (b, node) => {
    const [input = ""] = node.inputs;
    const [rows = 1, columns = 1] = (knownShape(b.graph, input) ?? []).slice(-2);
    const [shift, upper] = [shiftOf(b.graph, node) ?? 0, node.int("upper", 1) !== 0];
    const kept = Array.from({ length: rows * columns }, (_, index) => {
      const behind = (index % columns) - Math.floor(index / columns) - shift;
      return Number(upper ? behind >= 0 : behind <= 0);
    });
    const mask = b.graph.addConstant(tensorFromNumbers(DataType.BOOL, [rows, columns], kept));
    const zero = b.graph.addConstant(tensorFromNumbers(b.graph.typeOf(input)?.elemType ?? DataType.FLOAT, [], [0]));
    return b.op("Where", [mask, input, zero]);
  },
};
