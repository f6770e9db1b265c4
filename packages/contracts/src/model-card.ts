import { z } from "zod";
import { sha256Schema } from "./ids.ts";

export const modelFormats = ["onnx", "keras-h5", "keras-v3", "tfjs-layers", "tflite", "unknown"] as const;
export const modelFormatSchema = z.enum(modelFormats);
export type ModelFormat = z.infer<typeof modelFormatSchema>;

export const tensorTypes = [
  "float32",
  "float16",
  "float64",
  "bfloat16",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "bool",
  "string",
  "other",
] as const;
export const tensorTypeSchema = z.enum(tensorTypes);
export type TensorType = z.infer<typeof tensorTypeSchema>;

/** A graph input or output. A dimension is a size, or a name where it is symbolic (`"batch"`), or null where nothing is known. */
export const tensorSpecSchema = z.object({
  name: z.string(),
  type: tensorTypeSchema,
  shape: z.array(z.union([z.number().int().nonnegative(), z.string(), z.null()])),
});
export type TensorSpec = z.infer<typeof tensorSpecSchema>;

/**
 * How an image becomes the model's input tensor: resize (bilinear, half-pixel centres) to width × height, to `channels`, then
 * `(pixel * scale - mean[c]) / std[c]` in `layout`. Pixels are 0…255. Applied by the same code in worker and agent.
 */
export const preprocessingSchema = z.object({
  kind: z.literal("image"),
  width: z.number().int().min(1).max(8192),
  height: z.number().int().min(1).max(8192),
  channels: z.union([z.literal(1), z.literal(3)]),
  channelOrder: z.enum(["rgb", "bgr"]).default("rgb"),
  layout: z.enum(["nhwc", "nchw"]),
  scale: z.number().finite(),
  mean: z.array(z.number().finite()).min(1).max(3),
  std: z
    .array(
      z
        .number()
        .finite()
        .refine((value) => value !== 0, "a standard deviation cannot be 0"),
    )
    .min(1)
    .max(3),
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;

/** What `inspect-upload` found in the file. Immutable once stored. */
export const inspectionSchema = z.object({
  format: modelFormatSchema,
  sha256: sha256Schema,
  sizeBytes: z.number().int().nonnegative(),
  producer: z.string().optional(),
  irVersion: z.number().int().optional(),
  /** Operator-set version per domain; "" is ai.onnx. */
  opsets: z.record(z.string(), z.number().int()),
  inputs: z.array(tensorSpecSchema),
  outputs: z.array(tensorSpecSchema),
  /** Count per operator type, most frequent first on screen. */
  operators: z.record(z.string(), z.number().int()),
  nodeCount: z.number().int().nonnegative(),
  parameterCount: z.number().int().nonnegative(),
  /** Bytes of weights in the file. */
  weightBytes: z.number().int().nonnegative(),
  /** Weights + largest sum of live activations at batch 1; null where shapes are unknown. An estimate. */
  memoryEstimateBytes: z.number().int().nonnegative().nullable(),
  metadata: z.record(z.string(), z.string()),
  /** Sentences worth a person's attention that do not stop anything. */
  notes: z.array(z.string()),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const tasks = ["classification", "detection", "segmentation", "regression", "sequence", "other"] as const;
export const taskSchema = z.enum(tasks);

/** One scale of a detector: a pair of outputs, and the grid whose cells its boxes belong to, row by row. */
const detectionLevelSchema = z.object({
  boxesOutput: z.string(),
  scoresOutput: z.string(),
  /** Pixels of the input from one cell to the next. */
  stride: z.number().positive(),
  columns: z.number().int().min(1),
  /** Boxes that each cell has. */
  perCell: z.number().int().min(1),
});

/**
 * How a detector's outputs are read: [samples, boxes, 4] and [samples, boxes, classes] (or [samples, boxes] for one class), or both in one tensor,
 * boxes first. Coordinates may be pixels or shares: only overlaps count. Where cells of a grid each give boxes around their own centre, in pixels
 * (BlazeFace and its kin), `levels` says so and the two outputs above it are not read. `regions`: the output is no list but a map
 * ([samples, 1, height, width]), and each connected region of it above the threshold is an object (text detectors such as PP-OCR's).
 */
const detectionReadingSchema = z.object({
  task: z.literal("detection"),
  /** Names of outputs. `scoresOutput` null: the scores stand behind the four numbers of each box. */
  boxesOutput: z.string(),
  scoresOutput: z.string().nullable(),
  boxFormat: z.enum(["xyxy", "yxyx", "xywh", "cxcywh", "regions"]),
  /** Logits go through a sigmoid. */
  scoreKind: z.enum(["probability", "logit"]),
  /** Column 0 is "nothing here". */
  background: z.boolean(),
  scoreThreshold: z.number().min(0).max(1),
  /** Overlap from which two boxes are the same object. */
  iouThreshold: z.number().min(0).max(1),
  levels: z.array(detectionLevelSchema).min(1).max(16).optional(),
});

/** Masks: a class per pixel by the largest channel, or one channel against 0.5. */
const segmentationReadingSchema = z.object({ task: z.literal("segmentation"), output: z.string(), layout: z.enum(["nchw", "nhwc"]) });

/** Text by connectionist temporal classification: [samples, steps, symbols], repeated symbols merged, blanks dropped. */
const sequenceReadingSchema = z.object({ task: z.literal("sequence"), output: z.string(), blank: z.enum(["first", "last"]) });

/** What a model's outputs mean, for tasks where the task alone does not say it. */
export const outputReadingSchema = z.discriminatedUnion("task", [detectionReadingSchema, segmentationReadingSchema, sequenceReadingSchema]);
export type OutputReading = z.infer<typeof outputReadingSchema>;
export type DetectionReading = z.infer<typeof detectionReadingSchema>;

/** The part of a model version's card that a person may edit. */
export const modelCardSchema = z.object({
  task: taskSchema,
  preprocessing: preprocessingSchema.nullable(),
  /** Class names by index, empty where unknown. */
  labels: z.array(z.string()).max(100_000),
  notes: z.string().max(20_000).default(""),
  /** How the outputs are read, for tasks that need to be told. */
  reading: outputReadingSchema.nullable().optional(),
});
export type ModelCard = z.infer<typeof modelCardSchema>;
