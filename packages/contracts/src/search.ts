import { z } from "zod";
import { recipeSchema } from "./recipe.ts";
import { statementCodeSchema, statementSchema } from "./statement.ts";

/** What a variant must reach. Each limit that is null does not matter; one at least is set. */
export const searchGoalSchema = z
  .object({
    /** Id of a target profile: whose kernels, number types and saturation count. */
    targetProfile: z.string().min(1).max(40),
    maxSizeBytes: z.number().int().positive().nullable(),
    /** Median of one inference on one thread, on the machine that measures. */
    maxLatencyMs: z.number().positive().nullable(),
    /** The original's latency over the variant's. */
    minSpeedup: z.number().positive().max(1000).nullable(),
    /** Share of answers that stay as the original's, 0…1. */
    minAgreement: z.number().min(0).max(1).nullable(),
    /** Percentage points of accuracy, on labelled steering data. */
    maxAccuracyDrop: z.number().min(0).max(100).nullable(),
  })
  .refine(
    (goal) =>
      [goal.maxSizeBytes, goal.maxLatencyMs, goal.minSpeedup, goal.minAgreement, goal.maxAccuracyDrop].some((limit) => limit !== null),
    "A goal needs at least one limit: a size, a latency, a speed-up or an agreement.",
  )
  .refine(
    (goal) => goal.minAgreement === null || goal.maxAccuracyDrop === null,
    "Limit either the agreement with the original or the loss of accuracy: a search goes by one of them.",
  );
export type SearchGoal = z.infer<typeof searchGoalSchema>;

/** A variant that a search built and measured on its steering data, or could not build. */
export const searchCandidateSchema = z.object({
  name: z.string(),
  /** Makes the same bytes again. */
  recipe: recipeSchema,
  measured: z
    .object({
      sizeBytes: z.number().int(),
      /** Of the search's metric, 0…1. */
      score: z.number(),
      samples: z.number().int(),
      latencyMs: z.number().nullable(),
      speedup: z.number().nullable(),
      sqnrDb: z.number().nullable(),
    })
    .nullable(),
  failure: z.string().nullable(),
  /** The failure in data. Absent where it has no code, and in findings from before there were any. */
  failureReason: statementCodeSchema.optional(),
  meets: z.boolean(),
});
export type SearchCandidate = z.infer<typeof searchCandidateSchema>;

/** What one layer's quantisation costs: noise at the scores when it alone is in integers. */
export const layerSensitivitySchema = z.object({
  layer: z.string(),
  opType: z.string(),
  parameters: z.number().int(),
  outputNoise: z.number(),
  outputSqnrDb: z.number().nullable(),
  layerSqnrDb: z.number().nullable(),
});
export type LayerSensitivityRow = z.infer<typeof layerSensitivitySchema>;

/** Everything that a search found so far. Stored after each step: a killed worker's search goes on from it. */
export const searchFindingsSchema = z.object({
  /** The planner's own state. */
  plan: z.unknown(),
  /** What `score` is: agreement with the original, accuracy, or closeness of values for tasks without classes. */
  metric: z.enum(["agreement", "accuracy", "closeness"]),
  /** The original on the same data. */
  source: z.object({ sizeBytes: z.number().int(), score: z.number(), latencyMs: z.number().nullable() }),
  machine: z.string(),
  candidates: z.array(searchCandidateSchema),
  sensitivity: z.array(layerSensitivitySchema),
  /** Null while it goes on. `candidate` is an index; the recommended one, or the nearest. */
  verdict: z
    .object({
      outcome: z.enum(["recommended", "barely", "nothing"]),
      candidate: z.number().int().nullable(),
      why: statementSchema,
      warnings: z.array(statementSchema),
    })
    .nullable(),
});
export type SearchFindings = z.infer<typeof searchFindingsSchema>;
