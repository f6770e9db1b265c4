import { z } from "zod";
import { variantFormats } from "./variant-format.ts";

export const variantFormatSchema = z.enum(variantFormats);

/** An input or output as it stands in a file whose tensors are not the model's own: channels last, integers. */
export const fileTensorSchema = z.object({
  /** The model's own name for it. */
  name: z.string(),
  /** Element type in the file: `int8`, `float32`. */
  type: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  /** Element `[i, j, …]` of the file's tensor is the model's element with axes `perm[0]`, `perm[1]`, …. */
  perm: z.array(z.number().int().nonnegative()),
  /** real = scale · (integer − zeroPoint), for integers; else null. */
  scale: z.number().nullable(),
  zeroPoint: z.number().int().nullable(),
});
export type FileTensor = z.infer<typeof fileTensorSchema>;

/** In the order of the model's inputs and outputs. */
export const fileTensorsSchema = z.object({ inputs: z.array(fileTensorSchema), outputs: z.array(fileTensorSchema) });
export type FileTensors = z.infer<typeof fileTensorsSchema>;
