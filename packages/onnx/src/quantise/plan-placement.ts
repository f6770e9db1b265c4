import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { findAbsorbed, isAroundZero } from "./find-absorbed.ts";
import { BOUNDED_RANGES, dataInputs, type Role, roleOf } from "./kernel-sets.ts";
import type { ValueRange } from "./observers/range-rule.ts";
import type { Exclusions } from "./options.ts";
import { DEFAULT_PROFILE, type QuantProfile } from "./profile.ts";
import { shareRanges } from "./share-ranges.ts";
import { refuseWeights } from "./weighted-layer.ts";

/** Where a node ended up, and why. */
export interface PlacementDecision {
  /** The node's name, or its first output where it has none. */
  readonly node: string;
  readonly opType: string;
  readonly placement: "integer" | "absorbed" | "float";
  readonly reason: string;
}

/** Which nodes run on integers and which values are quantised between them. */
export interface Placement {
  /** Nodes with integer weights. */
  readonly weighted: readonly Node[];
  /** Every node that reads and writes quantised values, the weighted ones included. */
  readonly quantised: ReadonlySet<Node>;
  /** Those of them that are written on the integers themselves. */
  readonly direct: ReadonlySet<Node>;
  /** Quantised value → the values whose ranges, united, give its scale. Values that must share parameters have the same. */
  readonly rangeOf: ReadonlyMap<string, readonly string[]>;
  /** Ranges that are known without calibration. */
  readonly bounded: ReadonlyMap<string, ValueRange>;
  /** Relu and Clip nodes that the saturation of their quantised output replaces, with the node in front of them. */
  readonly absorbed: ReadonlyMap<Node, Node>;
  readonly decisions: readonly PlacementDecision[];
}

/**
 * Decides the placement for the integer kernels of a runtime. Layers with constant weights and products of activations are quantised; element-wise,
 * pooling and data-moving nodes join where they stand between quantised ones; everything else stays in float. Conv always writes a quantised
 * value; Gemm and MatMul write float where only float nodes read them, which costs nothing and keeps the logits exact. For TFLite nothing is left in float that has
 * an integer kernel.
 */
export function planPlacement(
  graph: Graph,
  exclusions: Exclusions = {},
  kernels: QuantProfile["kernels"] = DEFAULT_PROFILE.kernels,
): Placement {
  return new Planner(graph, exclusions, kernels).plan();
}

class Planner {
  readonly #graph: Graph;
  readonly #kernels: QuantProfile["kernels"];
  readonly #names: ReadonlySet<string>;
  readonly #operators: ReadonlySet<string>;
  readonly #roles = new Map<Node, Role>();
  readonly #reasons = new Map<Node, string>();
  readonly #quantised = new Set<Node>();
  readonly #values = new Set<string>();
  readonly #absorbed: Map<Node, Node>;

  constructor(graph: Graph, exclusions: Exclusions, kernels: QuantProfile["kernels"]) {
    this.#graph = graph;
    this.#kernels = kernels;
    this.#names = new Set(exclusions.exclude);
    this.#operators = new Set(exclusions.excludeOperators);
    this.#absorbed = findAbsorbed(graph, (node) => this.#isExcluded(node));
  }

  plan(): Placement {
    const graph = this.#graph;
    for (const node of graph.nodes) this.#assignRole(node);
    for (const [node, role] of this.#roles) if (role === "weighted" || role === "product") this.#anchor(node);
    if (this.#isWhollyInteger())
      for (const input of graph.inputs) if (graph.typeOf(input)?.elemType === DataType.FLOAT) this.#values.add(input);
    for (const node of graph.nodes) this.#join(node);
    this.#pruneTail();
    const absorbed = new Map(
      [...this.#absorbed].filter(
        ([activation, producer]) => this.#quantised.has(producer) && this.#values.has(activation.outputs[0] ?? ""),
      ),
    );
    for (const activation of absorbed.keys()) this.#quantised.delete(activation);
    const is = (...roles: Role[]): Node[] => [...this.#quantised].filter((node) => roles.includes(this.#roles.get(node) ?? "weighted"));
    const sharing = [...is("moving", "direct"), ...(this.#kernels === "tflite" ? is("combining").filter((node) => node.is("Concat")) : [])];
    return {
      weighted: is("weighted"),
      quantised: this.#quantised,
      direct: new Set(is("direct")),
      rangeOf: shareRanges(this.#values, sharing),
      bounded: new Map(is("bounded").map((node) => [node.outputs[0] ?? "", BOUNDED_RANGES[node.opType] ?? { min: 0, max: 1 }])),
      absorbed,
      decisions: this.#decisions(absorbed),
    };
  }

  /** TFLite's integer devices have no float kernels to go back to: inputs, outputs and everything between are integers. */
  #isWhollyInteger(): boolean {
    return this.#kernels === "tflite";
  }

  #isExcluded(node: Node): boolean {
    return this.#names.has(node.name) || this.#operators.has(node.opType);
  }

  #assignRole(node: Node): void {
    if (this.#isExcluded(node)) {
      this.#reasons.set(node, "excluded by hand");
      return;
    }
    const role = roleOf(this.#graph, node, this.#kernels);
    if (typeof role !== "string") {
      this.#reasons.set(node, role.reason);
      return;
    }
    const refusal = role === "weighted" ? refuseWeights(this.#graph, node) : null;
    if (refusal === null && (role !== "direct" || !node.is("Relu", "Clip") || isAroundZero(this.#graph, node))) this.#roles.set(node, role);
    else if (node.is("MatMul") && this.#isProduct(node)) this.#roles.set(node, "product");
    else this.#reasons.set(node, refusal ?? "its limits leave zero out");
  }

  #isProduct(node: Node): boolean {
    const floats = node.inputs.filter((input) => this.#graph.typeOf(input)?.elemType === DataType.FLOAT);
    return floats.length === 2 && floats.some((input) => this.#graph.constantOf(input) === null);
  }

  /** Weighted nodes and products are worth a conversion in front of them. */
  #anchor(node: Node): void {
    this.#quantised.add(node);
    const inputs = this.#roles.get(node) === "product" ? node.inputs : node.inputs.slice(0, 1);
    for (const input of inputs) if (this.#graph.constantOf(input) === null) this.#values.add(input);
  }

  #join(node: Node): void {
    const role = this.#roles.get(node);
    if (role === undefined) return;
    if (!this.#quantised.has(node)) {
      if (!this.#inputsQuantised(node)) {
        this.#reasons.set(node, "its inputs are not quantised");
        return;
      }
      this.#quantised.add(node);
    }
    if (node.is("Gemm", "MatMul") && !this.#isWhollyInteger()) return;
    for (const output of this.#outputsOf(node)) this.#values.add(output);
  }

  #inputsQuantised(node: Node): boolean {
    const inputs = dataInputs(node).map((index) => node.inputs[index] ?? "");
    if (inputs.some((input) => this.#graph.typeOf(input)?.elemType !== DataType.FLOAT)) return false;
    const given = inputs.filter((input) => this.#graph.constantOf(input) === null);
    const constants = inputs.filter((input) => this.#graph.constantOf(input) !== null);
    // A constant in a Concat that shares its parameters would have to be looked at as well.
    if (this.#kernels === "tflite" && node.is("Concat") && constants.length > 0) return false;
    return given.length > 0 && given.every((input) => this.#values.has(input)) && constants.every((input) => this.#fits(input));
  }

  #fits(constant: string): boolean {
    return (floatConstant(this.#graph, constant)?.bytes.byteLength ?? 0) > 0;
  }

  /** The values that a quantised node ends in: behind its absorbed activation if it has one. */
  #outputsOf(node: Node): readonly string[] {
    const [output = ""] = node.outputs;
    const activation = this.#graph.consumersOf(output).find((consumer) => this.#absorbed.get(consumer) === node);
    return activation === undefined ? node.outputs.filter((name) => name !== "") : [activation.outputs[0] ?? ""];
  }

  /** A node that needs no integers of its own gains nothing in front of float nodes: from the end backwards, such nodes go back to float. */
  #pruneTail(): void {
    if (this.#isWhollyInteger()) return;
    for (const node of [...this.#graph.nodes].reverse()) {
      const role = this.#roles.get(node);
      if (!this.#quantised.has(node) || (role !== "moving" && role !== "direct" && role !== "bounded")) continue;
      if (node.outputs.some((output) => this.#graph.consumersOf(output).some((consumer) => this.#quantised.has(consumer)))) continue;
      this.#quantised.delete(node);
      this.#reasons.set(node, "only float nodes read it");
      for (const output of node.outputs) this.#values.delete(output);
    }
  }

  #decisions(absorbed: ReadonlyMap<Node, Node>): PlacementDecision[] {
    const isFloat = (name: string): boolean => this.#graph.typeOf(name)?.elemType === DataType.FLOAT;
    return this.#graph.nodes
      .filter((node) => [...node.inputs, ...node.outputs].some(isFloat))
      .map((node) => {
        const label = { node: node.name === "" ? (node.outputs[0] ?? "") : node.name, opType: node.opType };
        const producer = absorbed.get(node);
        if (producer !== undefined)
          return { ...label, placement: "absorbed" as const, reason: `the range of ${producer.describe()} saturates where it would` };
        const role = this.#roles.get(node);
        if (this.#quantised.has(node) && role !== undefined) return { ...label, placement: "integer" as const, reason: ROLE_REASONS[role] };
        return { ...label, placement: "float" as const, reason: this.#reasons.get(node) ?? "no quantised node needs it" };
      });
  }
}

const ROLE_REASONS: Readonly<Record<Role, string>> = {
  weighted: "constant weights become integers",
  product: "both of its inputs are quantised",
  combining: "it stands between quantised values",
  bounded: "its output range is known",
  moving: "it moves integers and shares their scale",
  direct: "it is written on the integers",
};
