import { z } from "zod";

/** Bars of an activation's histogram at most: what a screen can show. */
export const ACTIVATION_BINS = 64;
/** Tensors whose histograms are kept at most; a report says how many more there were. */
export const ACTIVATION_TENSORS = 1_000;
const MAX_NODES = 20_000;

const rangeSchema = z.object({ min: z.number(), max: z.number() });

/** What calibration saw in one tensor, and the range that its observer chose for the integers. */
export const activationHistogramSchema = z.object({
  /** The tensor in the model that was calibrated. */
  tensor: z.string(),
  /**
   * Names of the nodes that write it: its own, then those whose activation was absorbed into it, which is all that a quantised graph still has
   * of the tensor's name. Empty: it is an input of the model.
   */
  nodes: z.array(z.string()).max(4),
  operator: z.string().nullable(),
  observed: rangeSchema,
  chosen: rangeSchema,
  /** Bin i holds [start + i · binWidth, start + (i + 1) · binWidth). */
  start: z.number(),
  binWidth: z.number().positive(),
  counts: z.array(z.number().nonnegative()).min(1).max(ACTIVATION_BINS),
  /** Share of the values that lie outside of the chosen range, to a histogram bin of the observer. */
  clippedShare: z.number().min(0).max(1),
});
export type ActivationHistogram = z.infer<typeof activationHistogramSchema>;

/** The activations of a statically quantised variant as its calibration run saw them, in the order of the graph. */
export const activationsSchema = z.object({
  observer: z.string(),
  sampleCount: z.number().int().nonnegative(),
  tensors: z.array(activationHistogramSchema).max(ACTIVATION_TENSORS),
  omitted: z.number().int().nonnegative(),
});
export type Activations = z.infer<typeof activationsSchema>;

/** Time of each node of a model in one run, read from the profile that the runtime wrote of itself. */
export const nodeTimesSchema = z.object({
  /** Which CPU measured it. */
  machine: z.string(),
  threads: z.number().int().positive(),
  runs: z.number().int().positive(),
  /** Of all kernels, those included that stand for no node of the graph, such as a change of layout. */
  totalMs: z.number().nonnegative(),
  /** Of nodes that have a kernel of their own, median of the runs; `node` is its place in the graph view's list. */
  nodes: z.array(z.object({ node: z.number().int().nonnegative(), ms: z.number().nonnegative() })).max(MAX_NODES),
});
export type NodeTimes = z.infer<typeof nodeTimesSchema>;
