import { z } from "zod";

const weightType = z.enum(["int8", "uint8"]);

/** How a kind of device computes on integers: what the quantiser's placement goes by. */
const quantisationSchema = z.object({
  /** Types that activations may have, best first. */
  activations: z.array(z.enum(["uint8", "int8", "uint16"])).min(1),
  /** Types that weights may have, best first. */
  weights: z.array(weightType).min(1),
  granularity: z.enum(["tensor", "channel"]),
  /** Activations have zero point 0 (ARM kernels) or any. Weights are symmetric wherever they are int8. */
  symmetricActivations: z.boolean(),
  /** 8-bit products saturate in 16 bits here (x86 without VNNI): 7-bit or uint8 weights avoid it. */
  saturates: z.boolean(),
  /** Inputs and outputs must be integers too. */
  integerIo: z.boolean(),
  /** Everything must be integer: an operator that stays in float cannot run there. */
  fullInteger: z.boolean(),
});

/**
 * A device profile as a target: what a kind of device can run, and in which form a model runs well there. What one device reported
 * is a `DeviceProfile`; `matchTargetProfile` in domain says which of these it is.
 */
export const targetProfileSchema = z.object({
  schemaVersion: z.literal(1),
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().min(1).max(80),
  /** What it stands for, in one sentence. */
  description: z.string().max(400),
  arch: z.enum(["x64", "arm64", "other"]),
  /** All of these CPU flags… */
  requiresFlags: z.array(z.string()),
  /** …and at least one of these, where there are any. */
  requiresOneOf: z.array(z.string()),
  runtime: z.enum(["onnxruntime", "tflite", "edge-tpu", "opencv-dnn"]),
  /** File formats that it takes, best first. */
  formats: z.array(z.enum(["onnx", "ort", "tflite"])).min(1),
  maxOpset: z.number().int().nullable(),
  computeTypes: z.array(z.enum(["float32", "float16", "int8", "int4"])).min(1),
  quantisation: quantisationSchema,
  /** Operators with integer kernels. Empty: all that the quantiser places for the runtime. */
  integerOperators: z.array(z.string()),
  /** Operators that run at all. Empty: all of the opset. */
  operators: z.array(z.string()),
  /** Every dimension must be known. */
  staticShapes: z.boolean(),
  /** The accelerator takes one unbroken part from the input on; what follows runs on the CPU. */
  singlePartition: z.boolean(),
  /** Typical of the kind, in bytes; a device's own numbers count where it has reported them. The host's, where an accelerator fetches from it what it cannot hold. */
  memoryBytes: z.number().int().positive(),
  storageBytes: z.number().int().positive(),
});
export type TargetProfile = z.infer<typeof targetProfileSchema>;
