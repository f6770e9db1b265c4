import type { AttributeProto, AttributeProto_AttributeType, NodeProto } from "../proto/gen/onnx_pb.js";
import type { Graph } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/** An attribute's value. Kinds that no pass looks into keep their message and are written back as they came. */
export type Attribute =
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: Uint8Array }
  | { readonly kind: "ints"; readonly value: readonly bigint[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly Uint8Array[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "tensors"; readonly value: readonly Tensor[] }
  | { readonly kind: "graph"; readonly value: Graph }
  | { readonly kind: "graphs"; readonly value: readonly Graph[] }
  | { readonly kind: "reference"; readonly value: string; readonly type: AttributeProto_AttributeType }
  | { readonly kind: "message"; readonly value: AttributeProto };

/** The description of a node to be added. An absent optional input or output is an empty name. */
export interface NodeInit {
  readonly opType: string;
  readonly domain?: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: ReadonlyMap<string, Attribute> | Readonly<Record<string, Attribute>>;
  /** The message it came from: carries doc strings, overloads and device configurations through to the writer. */
  readonly proto?: NodeProto;
}

/**
 * A node of a graph. `inputs` and `outputs` are changed only through the graph's editing methods, which keep its indexes;
 * `attributes` may be changed freely, except for subgraphs.
 */
export class Node {
  readonly opType: string;
  readonly domain: string;
  name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Map<string, Attribute>;
  readonly proto: NodeProto | null;

  constructor(init: NodeInit) {
    this.opType = init.opType;
    this.domain = init.domain === "ai.onnx" ? "" : (init.domain ?? "");
    this.name = init.name ?? "";
    this.inputs = [...init.inputs];
    this.outputs = [...init.outputs];
    const given = init.attributes ?? {};
    this.attributes = new Map(given instanceof Map ? given : Object.entries(given));
    this.proto = init.proto ?? null;
  }

  /** An operator of the standard domain. */
  is(...opTypes: string[]): boolean {
    return this.domain === "" && opTypes.includes(this.opType);
  }

  int(name: string, fallback: number): number {
    const attribute = this.attributes.get(name);
    return attribute?.kind === "int" ? Number(attribute.value) : fallback;
  }

  float(name: string, fallback: number): number {
    const attribute = this.attributes.get(name);
    return attribute?.kind === "float" ? attribute.value : fallback;
  }

  ints(name: string): number[] | null {
    const attribute = this.attributes.get(name);
    return attribute?.kind === "ints" ? attribute.value.map(Number) : null;
  }

  string(name: string, fallback: string): string {
    const attribute = this.attributes.get(name);
    return attribute?.kind === "string" ? Buffer.from(attribute.value).toString("utf8") : fallback;
  }

  tensor(name: string): Tensor | null {
    const attribute = this.attributes.get(name);
    return attribute?.kind === "tensor" ? attribute.value : null;
  }

  subgraphs(): Graph[] {
    return [...this.attributes.values()].flatMap((attribute) =>
      attribute.kind === "graph" ? [attribute.value] : attribute.kind === "graphs" ? [...attribute.value] : [],
    );
  }

  /** How an error or a note calls this node. */
  describe(): string {
    const label = this.name === "" ? (this.outputs.find((output) => output !== "") ?? "") : this.name;
    return `${this.domain === "" ? "" : `${this.domain}.`}${this.opType} ${JSON.stringify(label)}`;
  }
}

export const intAttribute = (value: number | bigint): Attribute => ({ kind: "int", value: BigInt(value) });
export const floatAttribute = (value: number): Attribute => ({ kind: "float", value });
export const intsAttribute = (value: readonly (number | bigint)[]): Attribute => ({ kind: "ints", value: value.map(BigInt) });
export const stringAttribute = (value: string): Attribute => ({ kind: "string", value: new TextEncoder().encode(value) });
