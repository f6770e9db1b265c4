import { DataType } from "../../graph/data-types.ts";
import type { Dim, TensorValueType } from "../../graph/types.ts";
import type { InferRule } from "../context.ts";
import { broadcastShapes } from "./elementwise.ts";

/** numpy.matmul: batch axes broadcast, a vector operand loses its axis in the result. */
export function matmulShape(left: readonly Dim[], right: readonly Dim[]): Dim[] {
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2));
  const rows = left.length === 1 ? [] : [left.at(-2) ?? null];
  const columns = right.length === 1 ? [] : [right.at(-1) ?? null];
  return [...batch, ...rows, ...columns];
}

function matmul(left: TensorValueType | null, right: TensorValueType | null, elemType: number): TensorValueType {
  const known = left !== null && right !== null && left.shape !== null && right.shape !== null;
  return { elemType, shape: known && left.shape !== null && right.shape !== null ? matmulShape(left.shape, right.shape) : null };
}

const gemm: InferRule = ({ inputs, node }) => {
  const rows = inputs[0]?.shape?.[node.int("transA", 0) === 0 ? 0 : 1] ?? null;
  const columns = inputs[1]?.shape?.[node.int("transB", 0) === 0 ? 1 : 0] ?? null;
  return [{ elemType: inputs[0]?.elemType ?? 0, shape: [rows, columns] }];
};

/** ONNX LSTM, GRU and RNN: Y [time, directions, batch, hidden], Y_h and Y_c [directions, batch, hidden]. */
const recurrent: InferRule = ({ inputs, node }) => {
  const data = inputs[0] ?? null;
  if (data === null) return node.outputs.map(() => null);
  const [time = null, batch = null] = data.shape ?? [];
  const hidden = node.attributes.has("hidden_size") ? node.int("hidden_size", 0) : null;
  const directions = node.string("direction", "forward") === "bidirectional" ? 2 : 1;
  const batchFirst = node.int("layout", 0) === 1;
  const sequence: Dim[] = batchFirst ? [time, batch, directions, hidden] : [time, directions, batch, hidden];
  const state: Dim[] = batchFirst ? [time, directions, hidden] : [directions, batch, hidden];
  return node.outputs.map((_, index) => ({ elemType: data.elemType, shape: index === 0 ? sequence : state }));
};

export const linearRules: Readonly<Record<string, InferRule>> = {
  MatMul: ({ inputs }) => [matmul(inputs[0] ?? null, inputs[1] ?? null, inputs[0]?.elemType ?? 0)],
  MatMulInteger: ({ inputs }) => [matmul(inputs[0] ?? null, inputs[1] ?? null, DataType.INT32)],
  QLinearMatMul: ({ inputs }) => [matmul(inputs[0] ?? null, inputs[3] ?? null, inputs[7]?.elemType ?? 0)],
  Gemm: gemm,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
};
