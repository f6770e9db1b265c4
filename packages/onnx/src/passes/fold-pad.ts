import type { Graph } from "../graph/graph.ts";
import { intAttribute, intsAttribute, type Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import { constantEntries, normaliseAxis } from "../infer/context.ts";
import { type Pass, rewriteNodes } from "./pass.ts";

/**
 * Before:     y = Conv(Pad(x), w, b), y = AveragePool(Pad(x)) or y = MaxPool(Pad(x))
 * After:      the pads are the layer's own; a Pad that nothing else reads is then dead
 * Conditions: constant pads ≥ 0 of spatial axes; the filler is what the layer pads with (0 for Conv and AveragePool, which then counts its
 *             padding; -∞ for MaxPool); auto_pad is not SAME; a pool does not round up and is padded by less than its kernel, which runtimes
 *             insist on; an AveragePool has no padding that it does not count
 * Source:     ONNX Runtime, core/optimizer/pad_fusion.cc
 */
export const foldPad: Pass = {
  id: "fold-pad",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Conv", "AveragePool", "MaxPool") && fold(graph, node)),
};

function fold(graph: Graph, node: Node): boolean {
  const pad = graph.producerOf(node.inputs[0] ?? "");
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  if (pad === null || rank === undefined || !pad.is("Pad") || pad.string("mode", "constant") !== "constant") return false;
  const pads = padsOf(graph, pad, rank);
  const spatial = rank - 2;
  if (pads === null || pads.some((value, index) => value < 0 || (value > 0 && index % rank < 2))) return false;
  if (filler(graph, pad) !== (node.is("MaxPool") ? -Infinity : 0) || !accepts(node)) return false;
  const given = node.string("auto_pad", "NOTSET") === "VALID" ? [] : (node.ints("pads") ?? []);
  const own = Array.from({ length: spatial * 2 }, (_, index) => given[index] ?? 0);
  const added = own.map((value, index) => value + (pads[index < spatial ? index + 2 : index - spatial + rank + 2] ?? 0));
  const kernel = node.ints("kernel_shape") ?? [];
  if (!node.is("Conv") && added.some((value, index) => value >= (kernel[index % spatial] ?? 0))) return false;
  node.attributes.delete("auto_pad");
  node.attributes.set("pads", intsAttribute(added));
  if (node.is("AveragePool")) node.attributes.set("count_include_pad", intAttribute(1));
  graph.setInput(node, 0, pad.inputs[0] ?? "");
  return true;
}

function accepts(node: Node): boolean {
  if (!["NOTSET", "VALID"].includes(node.string("auto_pad", "NOTSET"))) return false;
  if (node.is("Conv")) return true;
  const padded = node.ints("pads")?.some((value) => value !== 0) ?? false;
  // Indices of a MaxPool count in the padded input.
  if (node.int("ceil_mode", 0) === 1 || (node.outputs[1] ?? "") !== "") return false;
  return node.is("MaxPool") || !padded || node.int("count_include_pad", 0) === 1;
}

/** Begins, then ends, of every axis; null where they are computed. */
function padsOf(graph: Graph, pad: Node, rank: number): number[] | null {
  const given = pad.ints("pads") ?? constantEntries(graph.constantOf(pad.inputs[1] ?? ""));
  if (given === null || (pad.inputs[3] ?? "") === "") return given;
  const axes = constantEntries(graph.constantOf(pad.inputs[3] ?? ""));
  if (axes === null) return null;
  const pads = Array.from({ length: rank * 2 }, () => 0);
  for (const [index, axis] of axes.entries()) {
    pads[normaliseAxis(axis, rank)] = given[index] ?? 0;
    pads[normaliseAxis(axis, rank) + rank] = given[index + axes.length] ?? 0;
  }
  return pads;
}

function filler(graph: Graph, pad: Node): number | null {
  const name = pad.inputs[2] ?? "";
  if (name === "") return pad.float("value", 0);
  const tensor = graph.constantOf(name);
  return tensor === null ? null : (toNumbers(tensor)[0] ?? null);
}
