import { z } from "zod";
import type { VariantFormat } from "./variant-format.ts";

/** What stays in float besides: every node of an operator. Optional fields take the optimiser's defaults, so older recipes stay what they were. */
const excludeOperators = z.array(z.string()).optional();

/** One pass of a recipe. The discriminator is the pass id in `packages/onnx/src/passes` or `quantise`. */
export const recipePassSchema = z.discriminatedUnion("pass", [
  z.object({
    pass: z.literal("simplify"),
    /** Raises the operator set to this first: newer sets have operators for what older ones compose. Default: as it is. */
    opset: z.number().int().min(7).max(25).optional(),
  }),
  /** Shapes and values that inputs always have: branches for others are taken out. The variant is wrong for any others. */
  z.object({
    pass: z.literal("bind-inputs"),
    shapes: z.record(z.string(), z.array(z.number().int().min(1)).max(32)).default({}),
    values: z.record(z.string(), z.array(z.number().finite()).max(1024)).default({}),
  }),
  z.object({
    pass: z.literal("fp16"),
    keepIo: z.boolean().default(true),
    /** Calibrates, and keeps nodes in float32 whose values would overflow in float16. Default false. */
    mixed: z.boolean().optional(),
    /** Default 128. */
    calibrationSamples: z.number().int().min(1).max(4096).optional(),
    exclude: z.array(z.string()).optional(),
    excludeOperators,
  }),
  z.object({
    pass: z.literal("int8-dynamic"),
    perChannel: z.boolean().default(true),
    /** 7-bit weights. Default true: which CPU will run the model is not known, and saturation would be silent. */
    reduceRange: z.boolean().optional(),
    exclude: z.array(z.string()).optional(),
    excludeOperators,
  }),
  z.object({
    pass: z.literal("weight-only"),
    /** 4 bits are for MatMul and Gemm; other layers then take 8. 16 bits are float16, calculated with in float32. */
    bits: z.union([z.literal(4), z.literal(8), z.literal(16)]).default(8),
    /** Values that share a scale, 4 bits only. */
    blockSize: z.union([z.literal(16), z.literal(32), z.literal(64), z.literal(128)]).default(32),
    /** Without zero points. Default: symmetric with 8 bits, not with 4. */
    symmetric: z.boolean().optional(),
    exclude: z.array(z.string()).default([]),
    excludeOperators,
  }),
  z.object({
    pass: z.literal("int8-static"),
    perChannel: z.boolean().default(true),
    observer: z.enum(["min-max", "moving-average", "percentile", "entropy", "mse"]).default("min-max"),
    /** Share of the values, in percent, that the percentile observer keeps. Default 99.999. */
    percentile: z.number().min(90).max(100).optional(),
    activations: z.enum(["uint8", "int8", "uint16", "int16"]).default("uint8"),
    /** Zero points in the middle. Default false. */
    symmetricActivations: z.boolean().optional(),
    /** Signed weights are symmetric; unsigned ones have zero points, use all 8 bits without saturating, and are slower on x86. Default int8. */
    weights: z.enum(["int8", "uint8"]).optional(),
    /** 7-bit weights: for x86 CPUs without VNNI, where 8-bit products saturate. */
    reduceRange: z.boolean().default(false),
    /** Whose integer kernels decide which nodes are quantised. Default onnxruntime. */
    kernels: z.enum(["onnxruntime", "tflite"]).optional(),
    /** The smallest file: float biases, and one scale for layers in which a scale per channel gains little. Default false. */
    compact: z.boolean().optional(),
    /** LSTM layers calculate on integers too, quantised in each run. Default false. */
    recurrent: z.boolean().optional(),
    /** Equalise the scales of neighbouring layers first. Default false. */
    equalise: z.boolean().optional(),
    /** Correct biases by what quantisation shifts on the calibration samples. Default false. */
    correctBias: z.boolean().optional(),
    /** Layers whose weights are rounded adaptively instead of to the nearest step. Default none. */
    roundAdaptively: z.array(z.string()).max(200).optional(),
    calibrationSamples: z.number().int().min(1).max(4096).default(128),
    /** Node names that stay in float. */
    exclude: z.array(z.string()).default([]),
    excludeOperators,
  }),
  /** Fewer different weights, for a smaller download. */
  z.object({ pass: z.literal("cluster-weights"), clusters: z.number().int().min(2).max(256).default(24) }),
  /** Fewer mantissa bits in float32 weights, for a smaller download. */
  z.object({ pass: z.literal("round-mantissa"), bits: z.number().int().min(1).max(23).default(8) }),
  /** Raises or lowers the operator set to exactly this, as far as the model's meaning allows: for runtimes that read no other. Behind what changes the graph. */
  z.object({ pass: z.literal("opset"), opset: z.number().int().min(7).max(21) }),
  /** The last one: the variant is a file of another format than ONNX. What TFLite's numbers are follows from the passes before. */
  z.object({
    pass: z.literal("export"),
    format: z.enum(["ort", "tflite"]),
    /** Sizes of symbolic dimensions, for TFLite. A first dimension without one is 1. */
    dimensions: z.record(z.string(), z.number().int().min(1).max(65_536)).default({}),
  }),
]);
export type RecipePass = z.infer<typeof recipePassSchema>;

/** Whether a pass runs samples through the model. */
export function needsCalibration(pass: RecipePass): boolean {
  return pass.pass === "int8-static" || (pass.pass === "fp16" && pass.mixed === true);
}

/** The format of the file that a recipe makes. */
export function formatOf({ passes }: Pick<Recipe, "passes">): VariantFormat {
  return passes.find((pass) => pass.pass === "export")?.format ?? "onnx";
}

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
  "relative-rmse",
  "cosine",
  "integer-kernels",
] as const;
export type GateMetric = (typeof gateMetrics)[number];

/** A validation gate: `metric` compared with `limit`. `accuracy-drop` is in percentage points (0.5), `agreement` and `integer-kernels` are shares (0.99). */
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

/** What a task other than classification measures, the variant against its source model. */
export const taskMetricsSchema = z.discriminatedUnion("task", [
  z.object({
    task: z.literal("detection"),
    sourceCount: z.number().int(),
    variantCount: z.number().int(),
    /** Objects that both found: same class, overlap at least the reading's threshold. */
    matchedCount: z.number().int(),
    meanIou: z.number(),
    /** Mean average precision at the reading's overlap, the source model's detections taken as the truth. */
    meanAveragePrecision: z.number().nullable(),
  }),
  z.object({
    task: z.literal("segmentation"),
    /** Over the classes that either model saw. */
    meanIou: z.number(),
    pixelAgreement: z.number(),
    perClass: z.array(z.object({ index: z.number().int(), iou: z.number(), sourcePixels: z.number(), variantPixels: z.number() })),
  }),
  z.object({
    task: z.literal("regression"),
    mae: z.number(),
    rmse: z.number(),
    /** RMSE over the source's standard deviation. */ relativeRmse: z.number().nullable(),
  }),
  z.object({
    task: z.literal("sequence"),
    equalShare: z.number(),
    /** Edits per symbol of the source's text. */ characterErrorRate: z.number(),
    sampleCount: z.number().int(),
  }),
]);
export type TaskMetrics = z.infer<typeof taskMetricsSchema>;

/** Which kernels a runtime really chose for a quantised variant, read from its own profile. */
export const placementReportSchema = z.object({
  /** Nodes that the quantiser placed on integers, and how many of them ran as integer kernels or were fused away. */
  quantisedNodes: z.number().int(),
  integerNodes: z.number().int(),
  /** Shares of the time of one run. */
  integerTimeShare: z.number(),
  conversionTimeShare: z.number(),
  /** What was meant to be integer and ran in float, slowest first, with why. */
  inFloat: z.array(
    z.object({
      node: z.string(),
      operator: z.string(),
      meanUs: z.number(),
      reason: z.enum(["float-output", "not-fused", "no-integer-kernel"]),
    }),
  ),
  /** The kernels that take the most time. */
  slowest: z.array(z.object({ node: z.string(), operator: z.string(), meanUs: z.number(), integer: z.boolean() })),
});
export type PlacementReport = z.infer<typeof placementReportSchema>;

/** The same quantised file run twice on one machine, with the runtime's optimisation and without: only the first uses 8-bit kernels. */
export const saturationSchema = z.object({
  sampleCount: z.number().int(),
  /** Share of samples with the same top-1 class; null for tasks without classes. */
  sameClass: z.number().nullable(),
  maxAbsDifference: z.number(),
  /** Layers whose weights are large enough that two products can pass 32,767 on x86 without VNNI. */
  layersAtRisk: z.number().int(),
});
export type SaturationReport = z.infer<typeof saturationSchema>;

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
  /**
   * 0…1, how far the variant answers as the source model does: share of samples with the same top-1 class or the same text, F1 of matched detections,
   * mean IoU of masks; null for other tasks.
   */
  agreement: z.number().nullable(),
  /** Only for tasks other than classification. */
  task: taskMetricsSchema.nullable().optional(),
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
  /** Only of variants with quantised nodes; absent in reports of before it was measured. */
  placement: placementReportSchema.nullable().optional(),
  /** Only of int8 variants: the runtime's fused kernels against the same file unoptimised. They differ where 8-bit products saturate. */
  saturation: saturationSchema.nullable().optional(),
  gates: z.array(gateVerdictSchema),
  passed: z.boolean(),
});
export type ValidationReport = z.infer<typeof validationReportSchema>;
