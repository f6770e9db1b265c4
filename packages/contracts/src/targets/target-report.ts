import { z } from "zod";
import { inspectionSchema } from "../model-card.ts";
import { edgeTpuReportSchema } from "./edge-tpu-report.ts";
import { opencvReportSchema } from "./opencv-report.ts";

/** Grows when the rules for a target change: a stored report of another version is made again. */
export const TARGET_RULES_VERSION = 1;

/** Nobody reads a longer table, and no browser should have to hold it. */
export const TARGET_REPORT_MAX_OPERATORS = 5_000;

/** What of a model decides which kinds of device can run it. */
export const targetFactsSchema = inspectionSchema.pick({
  opsets: true,
  operators: true,
  inputs: true,
  sizeBytes: true,
  weightBytes: true,
  memoryEstimateBytes: true,
});
export type TargetFacts = z.infer<typeof targetFactsSchema>;

const refusalSchema = z.object({ code: z.string(), message: z.string() });

/** What each kind of device makes of one file, as far as its bytes tell. */
export const targetReportSchema = z.object({
  version: z.number().int(),
  /** null for a file whose graph is not read here: ORT's format, or TFLite with operators that have no counterpart. */
  facts: targetFactsSchema.nullable(),
  edgeTpu: z.discriminatedUnion("state", [
    z.object({
      state: z.literal("mapped"),
      /** The file itself is TFLite, or what it was written as for the report, with a batch of one: int8 where it is quantised, else float. */
      from: z.enum(["file", "int8", "float32"]),
      report: edgeTpuReportSchema,
    }),
    /** It has no TFLite form. The message names every node at once. */
    z.object({ state: z.literal("refused"), error: refusalSchema }),
    z.object({ state: z.literal("unreadable") }),
  ]),
  /** null where the file is not ONNX. */
  opencv: opencvReportSchema.nullable(),
});
export type TargetReport = z.infer<typeof targetReportSchema>;
