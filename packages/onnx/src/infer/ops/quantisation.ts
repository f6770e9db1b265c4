import { DataType } from "../../graph/data-types.ts";
import type { InferRule } from "../context.ts";

export const quantisationRules: Readonly<Record<string, InferRule>> = {
  QuantizeLinear: ({ inputs, node }) => [
    { elemType: inputs[2]?.elemType ?? node.int("output_dtype", DataType.UINT8), shape: inputs[0]?.shape ?? null },
  ],
  DequantizeLinear: ({ inputs }) => [{ elemType: inputs[1]?.elemType ?? DataType.FLOAT, shape: inputs[0]?.shape ?? null }],
  DynamicQuantizeLinear: ({ inputs }) => [
    { elemType: DataType.UINT8, shape: inputs[0]?.shape ?? null },
    { elemType: DataType.FLOAT, shape: [] },
    { elemType: DataType.UINT8, shape: [] },
  ],
};
