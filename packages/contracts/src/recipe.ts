import { z } from "zod";

/** One pass of a recipe. The discriminator is the pass id in `packages/onnx/src/passes` or `quantise`. */
export const recipePassSchema = z.discriminatedUnion("pass", [
  z.object({ pass: z.literal("simplify") }),
  z.object({ pass: z.literal("fp16"), keepIo: z.boolean().default(true) }),
  z.object({ pass: z.literal("int8-dynamic"), perChannel: z.boolean().default(true) }),
  z.object({
    pass: z.literal("int8-static"),
    perChannel: z.boolean().default(true),
    observer: z.enum(["min-max"]).default("min-max"),
    activations: z.enum(["uint8", "int8"]).default("uint8"),
    /** 7-bit weights: for x86 CPUs without VNNI, where 8-bit products saturate. */
    reduceRange: z.boolean().default(false),
    calibrationSamples: z.number().int().min(1).max(4096).default(128),
    /** Node names that stay in float. */
    exclude: z.array(z.string()).default([]),
  }),
]);
export type RecipePass = z.infer<typeof recipePassSchema>;

export const recipeSchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string().min(1).max(80),
  passes: z.array(recipePassSchema).max(32),
});
export type Recipe = z.infer<typeof recipeSchema>;

export const gateMetrics = [
  "accuracy-drop",
  "agreement",
  "latency-ratio",
  "size-bytes",
  "memory-bytes",
  "max-abs-error",
  "cosine",
] as const;
export type GateMetric = (typeof gateMetrics)[number];

/** A validation gate: `metric` compared with `limit`. `accuracy-drop` is in percentage points (0.5), `agreement` a share (0.99). */
export const validationGateSchema = z.object({
  metric: z.enum(gateMetrics),
  comparison: z.enum(["at-most", "at-least"]),
  limit: z.number().finite(),
});
export type ValidationGate = z.infer<typeof validationGateSchema>;

export const gateVerdictSchema = validationGateSchema.extend({
  verdict: z.enum(["pass", "fail", "not-measurable"]),
  /** The measured value, null where it could not be measured. */
  value: z.number().nullable(),
  /** One sentence with the numbers. */
  sentence: z.string(),
});
export type GateVerdict = z.infer<typeof gateVerdictSchema>;

const latencySchema = z.object({ minMs: z.number(), p50Ms: z.number(), p95Ms: z.number(), runs: z.number().int() });
export type Latency = z.infer<typeof latencySchema>;

/** What `validate` measured of a variant against its source model. */
export const validationReportSchema = z.object({
  sampleCount: z.number().int(),
  /** Which CPU measured it, with the flags that matter: "AMD EPYC (avx2)". */
  machine: z.string(),
  numerics: z.array(
    z.object({
      output: z.string(),
      maxAbsError: z.number(),
      meanAbsError: z.number(),
      cosine: z.number(),
      sqnrDb: z.number().nullable(),
      allClose: z.boolean(),
    }),
  ),
  /** Histogram of absolute output differences: `counts[i]` lies in `[edges[i], edges[i+1])`. */
  differenceHistogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) }).nullable(),
  /** Share of samples whose top-1 class equals the source model's; null for tasks without classes. */
  agreement: z.number().nullable(),
  /** Top-1 accuracy, only with labels. */
  accuracy: z.object({ source: z.number(), variant: z.number(), labelled: z.number().int() }).nullable(),
  /** `confusion[label][predicted]` of the variant, only with labels and at most 100 classes. */
  confusion: z.array(z.array(z.number().int())).nullable(),
  perClass: z.array(
    z.object({ index: z.number().int(), label: z.string(), count: z.number().int(), source: z.number(), variant: z.number() }),
  ),
  /** Samples on which the two models disagree, at most 32. `sample` indexes the data set. */
  disagreements: z.array(
    z.object({ sample: z.number().int(), label: z.number().int().nullable(), source: z.number().int(), variant: z.number().int() }),
  ),
  /**
   * The samples whose outputs differ most, largest first, at most 12, with the answer of each model: the class and its score, or the value that
   * differs most. A value is null where it is no number. Reports from before have none.
   */
  pairs: z
    .array(
      z.object({
        sample: z.number().int(),
        label: z.number().int().nullable(),
        maxAbsError: z.number(),
        source: z.object({ index: z.number().int(), value: z.number().nullable() }),
        variant: z.object({ index: z.number().int(), value: z.number().nullable() }),
      }),
    )
    .optional(),
  latency: z.object({ source: latencySchema, variant: latencySchema, threads: z.number().int() }),
  sizeBytes: z.object({ source: z.number().int(), variant: z.number().int(), variantCompressed: z.number().int() }),
  peakMemoryBytes: z.object({ source: z.number().int().nullable(), variant: z.number().int().nullable() }),
  gates: z.array(gateVerdictSchema),
  passed: z.boolean(),
});
export type ValidationReport = z.infer<typeof validationReportSchema>;
