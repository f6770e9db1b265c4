import { DataType } from "../../graph/data-types.ts";
import { type InferRule, normaliseAxis } from "../context.ts";

const first: InferRule = ({ inputs }) => [inputs[0] ?? null];

/** In training mode (opset 14) the running mean and variance follow; before, up to four statistics per channel. */
const batchNormalization: InferRule = ({ inputs, node }) =>
  node.outputs.map((_, index) => (index === 0 ? (inputs[0] ?? null) : (inputs[index < 3 ? 2 + index : index] ?? inputs[3] ?? null)));

/** y, then mean and inverse deviation: 1 from `axis` on. */
const layerNormalization: InferRule = ({ inputs, node }) => {
  const data = inputs[0] ?? null;
  const shape = data?.shape ?? null;
  const axis = normaliseAxis(node.int("axis", -1), shape?.length ?? 0);
  const statistics = {
    elemType: node.int("stash_type", DataType.FLOAT),
    shape: shape === null ? null : shape.map((dim, at) => (at < axis ? dim : 1)),
  };
  return node.outputs.map((_, index) => (index === 0 ? data : statistics));
};

export const normalisationRules: Readonly<Record<string, InferRule>> = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: first,
  GroupNormalization: first,
  LayerNormalization: layerNormalization,
  RMSNormalization: first,
};
