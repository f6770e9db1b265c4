import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { elementCount, type Tensor, toBigInts } from "../graph/tensor.ts";
import type { Dim, TensorValueType } from "../graph/types.ts";
import { DataType } from "../graph/data-types.ts";

/** Integer vectors and scalars are followed through the graph as far as their entries are known: shapes are computed with them. */
const FOLLOWED_ENTRIES = 64;

/** What a rule sees of one node. */
export interface InferContext {
  readonly node: Node;
  readonly graph: Graph;
  readonly opset: number;
  readonly inputs: readonly (TensorValueType | null)[];
  /** The tensor of an input that is constant. */
  constant(index: number): Tensor | null;
  /** The entries of a small integer input, where they are known (numbers) or at least named (symbols). */
  entries(index: number): readonly Dim[] | null;
  /** Says what the entries of output 0 are. */
  setEntries(entries: readonly Dim[] | null): void;
}

/** Returns the type of each output, null where it is not known. */
export type InferRule = (context: InferContext) => readonly (TensorValueType | null)[];

/** The integers of a small constant tensor; 64-bit sentinels are clamped to what a double holds exactly. */
export function constantEntries(tensor: Tensor | null): number[] | null {
  if (tensor === null || tensor.dims.length > 1 || elementCount(tensor.dims) > FOLLOWED_ENTRIES) return null;
  if (tensor.dataType !== DataType.INT64 && tensor.dataType !== DataType.INT32) return null;
  return toBigInts(tensor).map((value) => Number(value > MAX ? MAX : value < -MAX ? -MAX : value));
}

const MAX = BigInt(Number.MAX_SAFE_INTEGER);

export function withShape(type: TensorValueType | null, shape: readonly Dim[] | null): TensorValueType | null {
  return type === null ? null : { elemType: type.elemType, shape };
}

export function normaliseAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The axes of an operator that moved them from an attribute to its input `index` in opset 13 (or 18). Null: unknown; undefined: absent. */
export function axesOf(context: InferContext, index: number): number[] | null | undefined {
  const attribute = context.node.ints("axes");
  if (attribute !== null) return attribute;
  const input = context.node.inputs[index] ?? "";
  if (input === "") return undefined;
  return constantEntries(context.constant(index));
}
