import { z } from "zod";
import { tensorSpecSchema } from "./model-card.ts";
import { statementCodeSchema } from "./statement.ts";

/** Formats that a model is converted from. `tfjs-layers` is a zip with `model.json` and its shards. */
export const sourceFormats = ["keras-h5", "keras-v3", "tfjs-layers", "tflite"] as const;
export const sourceFormatSchema = z.enum(sourceFormats);
export type SourceFormat = z.infer<typeof sourceFormatSchema>;

/** What a person may choose about a conversion. */
export const conversionOptionsSchema = z.object({
  /** Order of the axes at the model's inputs and outputs: channels last as it was trained, or channels first. */
  layout: z.enum(["nhwc", "nchw"]).default("nhwc"),
});
export type ConversionOptions = z.infer<typeof conversionOptionsSchema>;

/** A layer or an operator that has no counterpart. */
export const unsupportedPartSchema = z.object({
  /** Its own name, with the models around it: `encoder/attention`. */
  name: z.string(),
  /** Its class or operator: `Lambda`, `FFT2D`. */
  kind: z.string(),
  /** Why it is not converted, and what to do. */
  reason: z.string(),
  /** The same as a code of `unsupportedReasons`; older rows have none. */
  why: statementCodeSchema.optional(),
});
export type UnsupportedPart = z.infer<typeof unsupportedPartSchema>;

/** What a file in another format than ONNX holds, known before anything is converted. */
export const modelDescriptionSchema = z.object({
  format: sourceFormatSchema,
  /** "Keras", "TensorFlow Lite". */
  framework: z.string(),
  /** As the file says it; null where it does not. */
  frameworkVersion: z.string().nullable(),
  /** What `parts` counts: Keras has layers, TFLite operators. */
  partsAre: z.enum(["layers", "operators"]),
  /** Most frequent first. `converts` is false where no kind of them does; single ones may be in `unsupported` all the same. */
  parts: z.array(z.object({ kind: z.string(), count: z.number().int(), converts: z.boolean() })),
  /** All of them at once; at most MAX_UNSUPPORTED, `unsupportedCount` says how many there are. */
  unsupported: z.array(unsupportedPartSchema),
  unsupportedCount: z.number().int(),
  inputs: z.array(tensorSpecSchema),
  /** Names only: the shapes of Keras' outputs are known once it is converted. */
  outputs: z.array(z.string()),
});
export type ModelDescription = z.infer<typeof modelDescriptionSchema>;

/** What a converted model is compared with: the uploaded file in its own framework's runtime, or inputs and outputs that a person uploaded. */
export const referenceKinds = ["tflite", "tfjs-layers", "samples", "none"] as const;

/** A converted model against its reference, by output. */
export const outputCheckSchema = z.object({
  name: z.string(),
  /** null where the two answers cannot be compared: another shape, or a value that is no number on one side only. */
  maxAbsError: z.number().nullable(),
  /** Largest absolute value of the reference. */
  largest: z.number(),
  /** What `maxAbsError` may be. */
  tolerance: z.number(),
  /** Only of integer outputs: the largest difference in steps of their scale, and the share of the values that differ by more than one. */
  steps: z.object({ largest: z.number(), shareOverOne: z.number() }).nullable(),
  passed: z.boolean(),
});
export type OutputCheck = z.infer<typeof outputCheckSchema>;

export const conversionCheckSchema = z.object({
  reference: z.enum(referenceKinds),
  /** Why there is no reference; null where there is one. */
  why: z.string().nullable(),
  samples: z.number().int(),
  /** Of `samples`: the file that they came in. */
  file: z.string().optional(),
  outputs: z.array(outputCheckSchema),
  /** null: not proved, there was nothing to compare with. */
  passed: z.boolean().nullable(),
});
export type ConversionCheck = z.infer<typeof conversionCheckSchema>;

/** Whether a person's own inputs and outputs are of use: they never stand in for what the framework's own runtime has answered. */
export function takesSamples({ reference }: ConversionCheck): boolean {
  return reference === "none" || reference === "samples";
}

/** How an uploaded file became a version's ONNX file. */
export const conversionSchema = z.object({
  format: sourceFormatSchema,
  framework: z.string(),
  frameworkVersion: z.string().nullable(),
  options: conversionOptionsSchema,
  /** Of the graph as it was converted, and after clean-up. */
  nodesBefore: z.number().int(),
  nodesAfter: z.number().int(),
  /** Reading, converting and cleaning up, without the check. */
  seconds: z.number(),
  check: conversionCheckSchema,
  notes: z.array(z.string()),
});
export type Conversion = z.infer<typeof conversionSchema>;

/** What the worker is at with an upload, in this order; a model that is ONNX already is only read and tried. */
export const uploadSteps = ["reading", "describing", "converting", "trying", "comparing"] as const;
export type UploadStep = (typeof uploadSteps)[number];
