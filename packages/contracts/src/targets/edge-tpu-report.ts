import { z } from "zod";

/** What the Edge TPU's list of supported operations says of single ones. */
export const edgeTpuLimitations = [
  "fused-activation",
  "unequal-dilation",
  "constant-operand",
  "weights-format",
  "one-dimensional-output",
  "batch-axis",
  "channels-of-four",
  "shared-slopes",
  "one-dimensional-input",
  "strides",
] as const;
export type EdgeTpuLimitation = (typeof edgeTpuLimitations)[number];

/** Why an operator runs on the CPU. */
export const cpuReasonSchema = z.discriminatedUnion("code", [
  z.object({ code: z.literal("NOT_SUPPORTED") }),
  z.object({ code: z.literal("NOT_INTEGER"), type: z.string() }),
  z.object({ code: z.literal("DYNAMIC_SHAPE") }),
  z.object({ code: z.literal("TOO_MANY_AXES"), shape: z.array(z.number().int()) }),
  z.object({ code: z.literal("CALCULATED_PARAMETERS") }),
  z.object({ code: z.literal("LIMITATION"), limitation: z.enum(edgeTpuLimitations) }),
  /** It would be supported, but needs what an operator on the CPU writes; the compiler makes one partition. */
  z.object({ code: z.literal("BEHIND_CPU"), after: z.string() }),
  /** It turns float inputs into integers, in front of the partition. */
  z.object({ code: z.literal("FLOAT_INPUT") }),
]);
export type CpuReason = z.infer<typeof cpuReasonSchema>;

/** What would move an operator to the TPU: a pass of a recipe, or a change of the model itself. */
export const edgeTpuAdviceSchema = z.discriminatedUnion("kind", [
  /** `int8-static`: for TFLite's kernels, with integer inputs and outputs. `bind-inputs`: fixed sizes, a batch of one. */
  z.object({ kind: z.literal("recipe"), pass: z.enum(["int8-static", "bind-inputs"]) }),
  /** Train or export with another operator. */
  z.object({ kind: z.literal("replace"), by: z.string() }),
  z.object({ kind: z.literal("change"), what: z.enum([...edgeTpuLimitations, "constant-weights", "fewer-axes"]) }),
]);
export type EdgeTpuAdvice = z.infer<typeof edgeTpuAdviceSchema>;

export const mappedOperatorSchema = z.object({
  index: z.number().int().nonnegative(),
  /** TFLite's name of it. */
  kind: z.string(),
  /** Its first output's name: TFLite's operators have none of their own. */
  label: z.string(),
  target: z.enum(["tpu", "cpu"]),
  /** null on the TPU. */
  reason: cpuReasonSchema.nullable(),
  /** null where nothing would move it, or where what stands in front of it has to move first. */
  advice: edgeTpuAdviceSchema.nullable(),
  /** On the TPU by the list, which adds that large tensors of it might not be; how large is not published. */
  dependsOnSize: z.boolean(),
});
export type MappedOperator = z.infer<typeof mappedOperatorSchema>;

export const edgeTpuReportSchema = z.object({
  operators: z.array(mappedOperatorSchema),
  onTpu: z.number().int().nonnegative(),
  onCpu: z.number().int().nonnegative(),
  /** The first operator behind the partition's begin that runs on the CPU; null where the partition reaches the end. */
  end: mappedOperatorSchema.nullable(),
  /** Weights and biases that the TPU's operators read. What does not fit beside the program in the TPU's memory is fetched from the host in every run. */
  parameterBytes: z.number().int().nonnegative(),
  onChipBytes: z.number().int().positive(),
  fitsOnChip: z.boolean(),
  /** Compiling is Google's program, for x86-64 Debian; it writes <name>_edgetpu.tflite. */
  command: z.string(),
});
export type EdgeTpuReport = z.infer<typeof edgeTpuReportSchema>;
