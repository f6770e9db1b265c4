import { DataType } from "../../graph/data-types.ts";
import { floatTensor, int64Tensor, type Tensor, tensorFromNumbers } from "../../graph/tensor.ts";
import type { Node } from "../../graph/node.ts";
import { type ReferenceOp, refuse } from "../op.ts";

/** The tensor of a Constant node; null for the kinds that hold no dense tensor. */
export function constantTensor(node: Node): Tensor | null {
  const tensor = node.tensor("value");
  if (tensor !== null) return tensor;
  const ints = node.attributes.get("value_ints");
  if (ints?.kind === "ints") return int64Tensor(ints.value);
  const floats = node.attributes.get("value_floats");
  if (floats?.kind === "floats") return floatTensor([floats.value.length], floats.value);
  const int = node.attributes.get("value_int");
  if (int?.kind === "int") return tensorFromNumbers(DataType.INT64, [], [int.value]);
  const strings = node.attributes.get("value_strings") ?? node.attributes.get("value_string");
  if (strings?.kind === "strings")
    return { dataType: DataType.STRING, dims: [strings.value.length], bytes: new Uint8Array(), strings: strings.value };
  if (strings?.kind === "string") return { dataType: DataType.STRING, dims: [], bytes: new Uint8Array(), strings: [strings.value] };
  return node.attributes.has("value_float") ? floatTensor([], [node.float("value_float", 0)]) : null;
}

const constant: ReferenceOp = (_inputs, node) => {
  const tensor = constantTensor(node);
  if (tensor === null) throw refuse(node, "holds a sparse tensor");
  return [tensor];
};

export const generationOps: Readonly<Record<string, ReferenceOp>> = { Constant: constant };
