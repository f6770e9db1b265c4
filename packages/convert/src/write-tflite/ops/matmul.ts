import { DataType, type Node, type Tensor, tensorFromNumbers, toNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { type Fused, fuseActivation } from "../fuse-activation.ts";
import { identity, type Perm } from "../layout.ts";
import { integerResult } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Quant } from "../target-model.ts";
import { floatBias, integerBias, type IntegerWeights, integerWeights } from "../weights.ts";

/**
 * Gemm, and MatMul: FULLY_CONNECTED where the second operand is a constant matrix, else BATCH_MATMUL.
 *
 * Layout: rows last; weights [K, N] → [N, K]. A value that was flattened out of NHWC keeps its order and the weights' columns follow (reshape.ts).
 * Dtype: int8 with one weight scale: FULLY_CONNECTED with int32 bias. With a scale per output channel: CONV_2D of 1 × 1 over rows, because FULLY_CONNECTED knows
 * such scales only since runtime 2.16 and accelerators not at all. BATCH_MATMUL on int8 with one scale a side.
 * Versions: FULLY_CONNECTED 4 on int8, 5 with more than two axes; BATCH_MATMUL 2 on int8.
 * Source: tensorflow/lite/kernels/{fully_connected,batch_matmul}.cc, the int8 specification
 */
export const matmul: OperatorRule = {
  operators: ["Gemm", "MatMul"],
  builtins: ["FULLY_CONNECTED", "BATCH_MATMUL", "CONV_2D", "RESHAPE", "ADD", "MUL"],
  integer: true,
  limits: "A Gemm of a transposed first operand needs a constant second one.",
  refuse: (emitter, node) => {
    const [left = "", right = ""] = node.inputs;
    if (node.is("MatMul") && (emitter.shapeOf(left).length < 2 || emitter.shapeOf(right).length < 2) && !isLayer(emitter, node))
      return "one operand is a vector that is calculated. Reshape it to a matrix.";
    return node.is("Gemm") && !isLayer(emitter, node) && (node.float("alpha", 1) !== 1 || (node.inputs[2] ?? "") !== "")
      ? "both of its matrices are calculated and it scales or adds as well. Write it as MatMul, Mul and Add."
      : null;
  },
  emit: (emitter, node) => (isLayer(emitter, node) ? emitLayer(emitter, node) : emitProduct(emitter, node)),
};

/** Whether the second operand is a constant matrix. */
export function isLayer(emitter: Emitter, node: Node): boolean {
  const [left = "", right = ""] = node.inputs;
  return emitter.isConstant(right) && !emitter.isConstant(left) && emitter.shapeOf(right).length === 2 && emitter.shapeOf(left).length >= 1;
}

function emitLayer(emitter: Emitter, node: Node): void {
  const [left = "", right = "", biasName = ""] = node.inputs;
  const fused = fuseActivation(emitter, node);
  const { output } = fused;
  const turned = node.is("Gemm") && node.int("transB", 0) === 1;
  const channelAxis = turned ? 0 : 1;
  const channels = emitter.shapeOf(right)[channelAxis] ?? 1;
  const alpha = node.is("Gemm") ? node.float("alpha", 1) : 1;
  const beta = node.is("Gemm") ? node.float("beta", 1) : 1;
  const quant = alpha === 1 && beta === 1 ? integerResult(emitter, node, [left], output) : null;
  const weights = quant === null ? null : integerWeights(emitter, right, channelAxis);
  const { perm, order } = layoutOfRows(emitter, node, left);
  const outputPerm = perm.length === emitter.shapeOf(output).length ? perm : identity(emitter.shapeOf(output).length);
  const read = order === null ? readRows(emitter, node, left, perm, quant) : emitter.held(left).tensor;
  const rows = order !== null && quant === null && emitter.quantOf(left) !== null ? dequantised(emitter, read) : read;
  const arrange = (tensor: Tensor): Tensor =>
    orderColumns(turned ? tensor : emitter.constants.place({ tensor, quant: null }, [1, 0]), order);
  const target = emitter.define(output, outputPerm, quant);
  if (quant !== null && weights !== null) {
    const placed: IntegerWeights = { tensor: arrange(weights.tensor), quant: { ...weights.quant, axis: 0 } };
    const bias = integerBias(emitter, biasName, channels, emitter.quantOf(left)?.scales[0] ?? 1, placed.quant);
    writeIntegerLayer(emitter, { rows, placed, bias, target, fused });
    return;
  }
  const constant = emitter.constants.find(right);
  if (constant === null) return;
  const filter = emitter.constant(scaled(arrange(emitter.constants.inFloat(constant).tensor), alpha), right);
  writeFloatLayer(emitter, { rows, filter, biasName, beta, channels, target, fused });
}

/** A row's layout: batch axes in any order, the row itself last; or the order in which a flattened row lies. */
function layoutOfRows(emitter: Emitter, node: Node, left: string): { readonly perm: Perm; readonly order: Int32Array | null } {
  const held = emitter.held(left);
  const rank = held.perm.length;
  if (held.order !== undefined) return { perm: held.perm, order: held.order };
  const turned = node.is("Gemm") && node.int("transA", 0) === 1;
  return { perm: !turned && held.perm[rank - 1] === rank - 1 ? held.perm : identity(rank), order: null };
}

function readRows(emitter: Emitter, node: Node, left: string, perm: Perm, quant: Quant | null): number {
  const layout = node.is("Gemm") && node.int("transA", 0) === 1 ? [1, 0] : perm;
  return quant === null ? emitter.readFloat(left, layout) : emitter.read(left, layout);
}

function dequantised(emitter: Emitter, tensor: number): number {
  const { shape, name } = emitter.describe(tensor);
  const output = emitter.tensor(`${name}_float`, shape, 0, null);
  emitter.add("DEQUANTIZE", [tensor], [output], { type: "DequantizeOptions", value: {} });
  return output;
}

/** The columns of [N, K] weights in the order in which the row lies. */
function orderColumns(tensor: Tensor, order: Int32Array | null): Tensor {
  if (order === null) return tensor;
  const [rows = 0, columns = 0] = tensor.dims;
  const width = tensor.bytes.byteLength / Math.max(1, rows * columns);
  const bytes = new Uint8Array(tensor.bytes.byteLength);
  for (let row = 0; row < rows; row += 1) {
    for (const [column, source] of order.entries()) {
      const from = (row * columns + source) * width;
      bytes.set(tensor.bytes.subarray(from, from + width), (row * columns + column) * width);
    }
  }
  return { ...tensor, bytes };
}

function scaled(tensor: Tensor, factor: number): Tensor {
  return factor === 1
    ? tensor
    : tensorFromNumbers(
        DataType.FLOAT,
        tensor.dims,
        toNumbers(tensor).map((value) => value * factor),
      );
}

interface IntegerLayer {
  readonly rows: number;
  readonly placed: IntegerWeights;
  readonly bias: number;
  readonly target: number;
  readonly fused: Fused;
}

function writeIntegerLayer(emitter: Emitter, { rows, placed, bias, target, fused }: IntegerLayer): void {
  const { shape } = emitter.describe(target);
  const { tensor, quant } = placed;
  if (quant.scales.length === 1) {
    const filter = emitter.integerConstant(tensor, quant, "weights", identity(2));
    const options = { fusedActivationFunction: fused.activation, keepNumDims: shape.length !== 2 };
    emitter.add("FULLY_CONNECTED", [rows, filter, bias], [target], { type: "FullyConnectedOptions", value: options });
    return;
  }
  const [channels = 1, width = 1] = tensor.dims;
  const count = shape.reduce((total, dim) => total * dim, 1) / channels;
  const filter = emitter.integerConstant({ ...tensor, dims: [channels, 1, 1, width] }, quant, "weights", identity(4));
  const plane = emitter.reshape(rows, [1, 1, count, width]);
  const result = emitter.temporary("rows", [1, 1, count, channels], target);
  const options = { padding: 1, strideW: 1, strideH: 1, fusedActivationFunction: fused.activation };
  emitter.add("CONV_2D", [plane, filter, bias], [result], { type: "Conv2DOptions", value: options });
  emitter.reshape(result, shape, target);
}

interface FloatLayer {
  readonly rows: number;
  readonly filter: number;
  readonly biasName: string;
  readonly beta: number;
  readonly channels: number;
  readonly target: number;
  readonly fused: Fused;
}

function writeFloatLayer(emitter: Emitter, { rows, filter, biasName, beta, channels, target, fused }: FloatLayer): void {
  const { shape } = emitter.describe(target);
  const known = biasName === "" ? null : emitter.constants.find(biasName);
  const bias = known === null ? null : emitter.constants.inFloat(known).tensor;
  const isVector = biasName === "" || (bias !== null && isRow(bias, channels));
  const options = { fusedActivationFunction: isVector ? fused.activation : 0, keepNumDims: shape.length !== 2 };
  if (isVector) {
    const vector =
      beta === 1 || bias === null ? floatBias(emitter, biasName, channels) : emitter.constant(rowOf(bias, channels, beta), biasName);
    emitter.add("FULLY_CONNECTED", [rows, filter, vector], [target], { type: "FullyConnectedOptions", value: options });
    return;
  }
  const product = emitter.temporary("product", shape, target);
  emitter.add("FULLY_CONNECTED", [rows, filter, floatBias(emitter, "", channels)], [product], {
    type: "FullyConnectedOptions",
    value: options,
  });
  let added = emitter.readFloat(biasName);
  if (beta !== 1) {
    const factor = emitter.constant(tensorFromNumbers(DataType.FLOAT, [], [beta]), "beta");
    const weighted = emitter.temporary("weighted", emitter.describe(added).shape, added);
    emitter.add("MUL", [added, factor], [weighted], { type: "MulOptions", value: {} });
    added = weighted;
  }
  emitter.add("ADD", [product, added], [target], { type: "AddOptions", value: { fusedActivationFunction: fused.activation } });
}

function isRow(bias: Tensor, channels: number): boolean {
  const count = toNumbers(bias).length;
  return count === 1 || (count === channels && bias.dims.at(-1) === channels);
}

function rowOf(bias: Tensor, channels: number, beta: number): Tensor {
  const values = toNumbers(bias);
  return tensorFromNumbers(
    DataType.FLOAT,
    [channels],
    Float64Array.from({ length: channels }, (_, channel) => beta * (values[values.length === 1 ? 0 : channel] ?? 0)),
  );
}

/** BATCH_MATMUL of two calculated operands, or of a constant with more than two axes. Operands that lie transposed in memory are multiplied so. */
function emitProduct(emitter: Emitter, node: Node): void {
  const [left = "", right = ""] = node.inputs;
  const [output = ""] = node.outputs;
  const quant = integerResult(emitter, node, [left, right], output);
  const sides = [left, right].map((value, index) => {
    const flag = node.is("Gemm") && node.int(index === 0 ? "transA" : "transB", 0) === 1;
    const rank = emitter.shapeOf(value).length;
    const swapped = [...identity(rank).slice(0, -2), rank - 1, rank - 2];
    const lies = emitter.permOf(value)?.join() === swapped.join();
    const perm = lies ? swapped : identity(rank);
    const tensor =
      quant === null
        ? emitter.readFloat(value, perm)
        : emitter.isConstant(value) && emitter.quantOf(value) === null
          ? emitter.readAs(value, quant, perm)
          : emitter.read(value, perm);
    return { tensor, adjoint: flag !== lies };
  });
  const target = emitter.define(output, identity(emitter.shapeOf(output).length), quant);
  const value = { adjX: sides[0]?.adjoint ?? false, adjY: sides[1]?.adjoint ?? false };
  emitter.add("BATCH_MATMUL", [sides[0]?.tensor ?? -1, sides[1]?.tensor ?? -1], [target], { type: "BatchMatMulOptions", value });
}
