import type { TensorTypeName } from "../graph/data-types.ts";
import type { Dim } from "../graph/types.ts";

/** These have the shapes of the contracts' graph view, less the positions. Numbers in them are places in the lists of `GraphFacts`. */
export interface QuantFacts {
  type: TensorTypeName | "int4" | "uint4";
  channels: number;
  axis: number | null;
  scaleMin: number;
  scaleMax: number;
  zeroPoint: number | null;
}

export interface ValueFacts {
  name: string;
  kind: "computed" | "input" | "constant";
  type: TensorTypeName;
  shape: Dim[] | null;
  producer: number | null;
  bytes?: number;
  source?: number;
  quant?: QuantFacts;
}

export type Precision =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int8-weights"
  | "int4-weights"
  | "float16-weights"
  | "other-quantised"
  | "other";

export interface NodeFacts {
  name: string;
  op: string;
  domain: string;
  scope: number;
  inputs: (number | null)[];
  outputs: (number | null)[];
  captures: number[];
  attributes: { name: string; text: string }[];
  precision: Precision;
  parameters: number;
  bytes: number;
  foldedInto?: number;
  bodies: number[];
}

export interface ScopeFacts {
  name: string;
  node: number | null;
  inputs: number[];
  outputs: number[];
}

/** By value: the nodes that read it. */
export type Readers = ReadonlyMap<number, readonly number[]>;

export interface GraphFacts {
  values: ValueFacts[];
  nodes: NodeFacts[];
  scopes: ScopeFacts[];
}

export type OutlineItem =
  | { kind: "node"; node: number; group: number | null }
  | { kind: "group"; group: number }
  | { kind: "input" | "output" | "entry" | "exit"; value: number };

export type BlockShape = "inverted-residual" | "residual" | "separable" | "attention" | "convolution" | "dense";

export interface OutlineGroup {
  kind: "scope" | "block" | "run" | "bodies";
  scope: number | null;
  pattern: number | null;
  shape: BlockShape | null;
  operators: { op: string; count: number }[];
  items: OutlineItem[];
  edges: { value: number; from: number; to: number }[];
}

/** What a drawing shows and what is inside what; where things stand is decided elsewhere. The first group is the graph itself. */
export interface Outline {
  groups: OutlineGroup[];
}
