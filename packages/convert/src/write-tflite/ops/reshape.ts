import type { Node } from "@flotilla/onnx";
import type { Emitter, Held } from "../emitter.ts";
import { identity, isIdentity, permBehindReshape, physicalShape } from "../layout.ts";
import type { OperatorRule } from "../rule.ts";
import { isLayer } from "./matmul.ts";

/**
 * Reshape, Flatten, Squeeze and Unsqueeze: RESHAPE.
 *
 * Layout: kept where the axes that are merged or split are neighbours in memory (layout.ts). A flattened row that only layers with constant weights read keeps
 * NHWC's order, and their weights are put into it. Otherwise the data are first transposed into ONNX's order.
 * Dtype: any, int8 in the input's scale.
 * Version: 1.
 * Source: tensorflow/lite/kernels/reshape.cc
 */
export const reshape: OperatorRule = {
  operators: ["Reshape", "Flatten", "Squeeze", "Unsqueeze"],
  builtins: ["RESHAPE", "TRANSPOSE"],
  integer: true,
  limits: "",
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const held = emitter.held(input);
    const [from, to] = [emitter.shapeOf(input), emitter.shapeOf(output)];
    const perm = permBehindReshape(from, to, held.perm);
    if (perm !== null) {
      hold(emitter, output, emitter.reshape(held.tensor, physicalShape(to, perm)), { ...held, perm });
      return;
    }
    const order = flattenedOrder(from, to, held);
    if (order !== null && onlyLayersRead(emitter, output)) {
      hold(emitter, output, emitter.reshape(held.tensor, to), { ...held, perm: identity(to.length), order });
      return;
    }
    hold(emitter, output, emitter.reshape(emitter.read(input), to), { ...held, perm: identity(to.length) });
  },
};

function hold(emitter: Emitter, value: string, tensor: number, { perm, quant, order }: Held): void {
  emitter.hold(value, { tensor, perm, quant, ...(order === undefined ? {} : { order }) });
}

/** Where each element of the flattened row comes from, for [N, …] → [N, K] with N first in memory; null for other reshapes. */
function flattenedOrder(from: readonly number[], to: readonly number[], { perm }: Held): Int32Array | null {
  if (to.length !== 2 || from[0] !== to[0] || perm[0] !== 0 || isIdentity(perm)) return null;
  const sizes = physicalShape(from, perm).slice(1);
  const axes = perm.slice(1);
  const strides = axes.map((axis) => from.slice(axis + 1).reduce((total, dim) => total * dim, 1));
  return Int32Array.from({ length: to[1] ?? 0 }, (_, index) => {
    let rest = index;
    let source = 0;
    for (let place = sizes.length - 1; place >= 0; place -= 1) {
      const size = sizes[place] ?? 1;
      source += (rest % size) * (strides[place] ?? 0);
      rest = Math.floor(rest / size);
    }
    return source;
  });
}

/** Whether only layers with constant weights read a value, directly or behind its quantisation. */
function onlyLayersRead(emitter: Emitter, value: string): boolean {
  const readers = emitter.graph.consumersOf(value);
  if (emitter.graph.isOutput(value) || readers.length === 0) return false;
  return readers.every((reader) => {
    if (reader.is("QuantizeLinear", "DequantizeLinear"))
      return reader.inputs[0] === value && onlyLayersRead(emitter, reader.outputs[0] ?? "");
    return isRowReader(emitter, reader, value);
  });
}

function isRowReader(emitter: Emitter, reader: Node, value: string): boolean {
  return (
    reader.is("Gemm", "MatMul") &&
    reader.inputs[0] === value &&
    reader.inputs[2] !== value &&
    reader.int("transA", 0) === 0 &&
    isLayer(emitter, reader)
  );
}
