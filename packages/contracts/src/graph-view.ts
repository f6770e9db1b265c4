import { z } from "zod";
import { tensorTypeSchema, tensorTypes } from "./model-card.ts";

/** Grows when the worker draws differently: a stored view of another version is drawn again. */
export const GRAPH_VIEW_VERSION = 2;

/** More nodes than this make no picture that anybody could read, and a file that a browser should not have to. */
export const GRAPH_VIEW_MAX_NODES = 20_000;

/** A place in one of the view's lists. */
const indexSchema = z.number().int().nonnegative();
const indexes = z.array(indexSchema);

/** ONNX has two small integers that the contracts' tensors do not: no model takes or gives them. */
const graphQuantTypes = [...tensorTypes, "int4", "uint4"] as const;

/** What integers stand for: `real = scale · (integer − zeroPoint)`. Per channel there are as many scales as `channels`. */
export const graphQuantSchema = z.object({
  type: z.enum(graphQuantTypes),
  channels: z.number().int().positive(),
  axis: z.number().int().nullable(),
  scaleMin: z.number(),
  scaleMax: z.number(),
  /** null where the channels differ. */
  zeroPoint: z.number().nullable(),
});
export type GraphQuant = z.infer<typeof graphQuantSchema>;

/** A tensor of the graph: what a node computes, what comes from outside, or a constant of the file. */
export const graphValueSchema = z.object({
  name: z.string(),
  kind: z.enum(["computed", "input", "constant"]),
  type: tensorTypeSchema,
  shape: z.array(z.union([z.number(), z.string(), z.null()])).nullable(),
  producer: indexSchema.nullable(),
  /** Constants only. */
  bytes: z.number().nonnegative().optional(),
  /** Where it is another value in other numbers, quantised, dequantised or unpacked from how it is stored: the one in front of that. */
  source: indexSchema.optional(),
  quant: graphQuantSchema.optional(),
});
export type GraphValue = z.infer<typeof graphValueSchema>;

/** What a node calculates in. `…-weights`: that is how its weights are stored, its arithmetic is float. */
export const graphPrecisions = [
  "float64",
  "float32",
  "float16",
  "bfloat16",
  "int8",
  "int8-weights",
  "int4-weights",
  "float16-weights",
  "other-quantised",
  "other",
] as const;
export type GraphPrecision = (typeof graphPrecisions)[number];

export const graphNodeSchema = z.object({
  name: z.string(),
  op: z.string(),
  /** "" is ai.onnx. */
  domain: z.string(),
  scope: indexSchema,
  /** In the operator's order; null where an optional one is left out. */
  inputs: z.array(indexSchema.nullable()),
  outputs: z.array(indexSchema.nullable()),
  /** Values of the graph around it that its bodies read. */
  captures: indexes,
  attributes: z.array(z.object({ name: z.string(), text: z.string() })),
  precision: z.enum(graphPrecisions),
  /** Of the constants that it is the first to read. */
  parameters: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Quantises, dequantises or unpacks a weight, which the compact drawing shows as a property of an edge: belongs to this node. */
  foldedInto: indexSchema.optional(),
  /** Scopes: branches of an If, body of a Loop or Scan. */
  bodies: indexes,
});
export type GraphNode = z.infer<typeof graphNodeSchema>;

/** The graph of the model, or one inside a node. */
export const graphScopeSchema = z.object({
  /** The attribute that holds it, such as `then_branch`; "" for the graph of the model. */
  name: z.string(),
  node: indexSchema.nullable(),
  inputs: indexes,
  outputs: indexes,
});
export type GraphScope = z.infer<typeof graphScopeSchema>;

/** Something that is drawn inside a group. `group`: what it unfolds to. */
export const graphItemSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("node"), node: indexSchema, group: indexSchema.nullable() }),
  z.object({ kind: z.literal("group"), group: indexSchema }),
  /** A value that comes into the scope or leaves it. */
  z.object({ kind: z.literal("input"), value: indexSchema }),
  z.object({ kind: z.literal("output"), value: indexSchema }),
  /** The same at the border of a block. */
  z.object({ kind: z.literal("entry"), value: indexSchema }),
  z.object({ kind: z.literal("exit"), value: indexSchema }),
]);
export type GraphItem = z.infer<typeof graphItemSchema>;

/** From one item to another, through `bends`. */
export const graphEdgeSchema = z.object({ value: indexSchema, from: indexSchema, to: indexSchema, bends: indexes });
export type GraphEdge = z.infer<typeof graphEdgeSchema>;

export const graphGroupKinds = ["scope", "block", "run", "bodies"] as const;
export const graphShapes = ["inverted-residual", "residual", "separable", "attention", "convolution", "dense"] as const;
export type GraphShape = (typeof graphShapes)[number];

/**
 * What unfolds as one: a scope; a block, one of several that are built alike; a run, alike blocks one behind another; the bodies of a node.
 * Cells are the items in their order, then the bends of edges. Layers go from top to bottom, cells in them from left to right.
 */
export const graphGroupSchema = z.object({
  kind: z.enum(graphGroupKinds),
  /** Scopes only. */
  scope: indexSchema.nullable(),
  /** Blocks and runs of one pattern are built alike; null for what stands alone. */
  pattern: indexSchema.nullable(),
  shape: z.enum(graphShapes).nullable(),
  /** Operators and how often, in the order of their first appearance. */
  operators: z.array(z.object({ op: z.string(), count: z.number().int().positive() })),
  items: z.array(graphItemSchema),
  edges: z.array(graphEdgeSchema),
  layers: z.array(indexes),
  /** Centre of each cell, upper edge of each layer, while everything inside is folded. */
  x: z.array(z.number()),
  y: z.array(z.number()),
  width: z.number().nonnegative(),
  height: z.number().nonnegative(),
});
export type GraphGroup = z.infer<typeof graphGroupSchema>;

/** A picture of the whole model; its first group is the graph itself. */
export const graphDrawingSchema = z.object({ groups: z.array(graphGroupSchema).min(1) });
export type GraphDrawing = z.infer<typeof graphDrawingSchema>;

/** A model's graph to look at: facts once, positions ready to draw. Made by the worker, stored gzipped by its SHA-256. */
export const graphViewSchema = z.object({
  version: z.literal(GRAPH_VIEW_VERSION),
  values: z.array(graphValueSchema),
  nodes: z.array(graphNodeSchema),
  scopes: z.array(graphScopeSchema).min(1),
  /** Quantisation shown at edges. */
  compact: graphDrawingSchema,
  /** Every node of the file; null where that is the same picture. */
  full: graphDrawingSchema.nullable(),
});
export type GraphView = z.infer<typeof graphViewSchema>;
