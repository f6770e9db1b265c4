import { DataType, type Tensor, tensorFromNumbers, toNumbers } from "@flotilla/onnx";
import { z } from "zod";

export const quantisationSchema = z.object({
  dtype: z.enum(["uint8", "uint16", "float16"]),
  min: z.number().optional(),
  scale: z.number().optional(),
});
export type Quantisation = z.infer<typeof quantisationSchema>;

/** tfjs' small weights back to float32: integers × scale + min, or halves. Source: tfjs-core/src/io/io_utils.ts, decodeWeights */
export function dequantise(raw: Tensor, { dtype, min = 0, scale = 1 }: Quantisation): Tensor {
  const values = toNumbers(raw);
  return tensorFromNumbers(DataType.FLOAT, raw.dims, dtype === "float16" ? values : values.map((value) => value * scale + min));
}
