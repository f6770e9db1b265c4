import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { float32View } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { findAbsorbed, isAroundZero } from "./find-absorbed.ts";
import { FLOAT_REASONS, type FloatReason } from "./float-reasons.ts";
import { BOUNDED_RANGES, dataInputs, type KernelChoice, type Role, roleOf, RUNTIME_NAMES } from "./kernel-sets.ts";
import { scanRange } from "./observers/scan-range.ts";
import type { ValueRange } from "./observers/range-rule.ts";
import type { Exclusions } from "./options.ts";
import { shareRanges } from "./share-ranges.ts";
import { refuseWeights } from "./weighted-layer.ts";

/** Where a node ended up, and why. */
export interface PlacementDecision {
  /** The node's name, or its first output where it has none. */
  readonly node: string;
  readonly opType: string;
  readonly placement: "integer" | "absorbed" | "float";
  readonly reason: string;
  /** The reason of what stays in float, by its code; null for all else. */
  readonly why: FloatReason | null;
}

/** Which nodes run on integers and which values are quantised between them. */
export interface Placement {
  /** Nodes with integer weights. */
  readonly weighted: readonly Node[];
  /** Every node that reads and writes quantised values, the weighted ones included. */
  readonly quantised: ReadonlySet<Node>;
  /** Those of them that are written on the integers themselves. */
  readonly direct: ReadonlySet<Node>;
  /** Those of them that become part of a scale. */
  readonly scaling: readonly Node[];
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
export function planPlacement(graph: Graph, options: Exclusions & KernelChoice = {}): Placement {
  return new Planner(graph, options).plan();
}

class Planner {
  readonly #graph: Graph;
  readonly #choice: KernelChoice;
  readonly #names: ReadonlySet<string>;
  readonly #operators: ReadonlySet<string>;
  readonly #roles = new Map<Node, Role>();
  readonly #reasons = new Map<Node, FloatReason>();
  readonly #quantised = new Set<Node>();
  readonly #values = new Set<string>();
  readonly #absorbed: Map<Node, Node>;

  constructor(graph: Graph, options: Exclusions & KernelChoice) {
    this.#graph = graph;
    this.#choice = options;
    this.#names = new Set(options.exclude);
    this.#operators = new Set(options.excludeOperators);
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
    const sharing = [
      ...is("moving", "direct"),
      ...(this.#choice.kernels === "tflite" ? is("combining").filter((node) => node.is("Concat")) : []),
    ];
    return {
      weighted: is("weighted"),
      quantised: this.#quantised,
      direct: new Set(is("direct")),
      scaling: is("scaling"),
      rangeOf: shareRanges(this.#values, sharing),
      bounded: new Map(is("bounded").map((node) => [node.outputs[0] ?? "", BOUNDED_RANGES[node.opType] ?? { min: 0, max: 1 }])),
      absorbed,
      decisions: this.#decisions(absorbed),
    };
  }

  /** TFLite's integer devices have no float kernels to go back to: inputs, outputs and everything between are integers. */
  #isWhollyInteger(): boolean {
    return this.#choice.kernels === "tflite";
  }

  #isExcluded(node: Node): boolean {
    return this.#names.has(node.name) || this.#operators.has(node.opType);
  }

  #assignRole(node: Node): void {
    if (this.#isExcluded(node)) {
      this.#reasons.set(node, "excluded");
      return;
    }
    const role = roleOf(this.#graph, node, this.#choice);
    if (typeof role !== "string") {
      this.#reasons.set(node, role.reason);
      return;
    }
    if (role === "scaling" && [...this.#absorbed.values()].includes(node)) {
      this.#roles.set(node, "combining");
      return;
    }
    const refusal = role === "weighted" ? refuseWeights(this.#graph, node) : null;
    if (refusal === null && (role !== "direct" || !node.is("Relu", "Clip") || isAroundZero(this.#graph, node))) this.#roles.set(node, role);
    else if (node.is("MatMul") && this.#isProduct(node)) this.#roles.set(node, "product");
    else this.#reasons.set(node, refusal ?? "limits_without_zero");
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
        this.#reasons.set(node, "inputs_in_float");
        return;
      }
      if (this.#isDividedBy(node)) {
        this.#reasons.set(node, "divided_by");
        return;
      }
      this.#quantised.add(node);
    }
    if (node.is("Gemm", "MatMul") && !this.#isWhollyInteger()) return;
    for (const output of this.#outputsOf(node)) this.#values.add(output);
  }

  /** Whether a node reads the result for which 0 is another matter than almost 0: √(variance + ε), 1 / sum, log. */
  #isDividedBy(node: Node): boolean {
    return node.outputs.some((output) =>
      this.#graph
        .consumersOf(output)
        .some((reader) => reader.is("Sqrt", "Reciprocal", "Log", "Pow") || (reader.is("Div") && reader.inputs[1] === output)),
    );
  }

  #inputsQuantised(node: Node): boolean {
    const inputs = dataInputs(node).map((index) => node.inputs[index] ?? "");
    if (inputs.some((input) => this.#graph.typeOf(input)?.elemType !== DataType.FLOAT)) return false;
    const given = inputs.filter((input) => this.#graph.constantOf(input) === null);
    const constants = inputs.filter((input) => this.#graph.constantOf(input) !== null);
    // A constant in a Concat that shares its parameters would have to be looked at as well.
    if (this.#choice.kernels === "tflite" && node.is("Concat") && constants.length > 0) return false;
    return given.length > 0 && given.every((input) => this.#values.has(input)) && constants.every((input) => this.#fits(input));
  }

  /** A mask of −∞ has no scale. */
  #fits(constant: string): boolean {
    const tensor = floatConstant(this.#graph, constant);
    return tensor !== null && tensor.bytes.byteLength > 0 && scanRange(float32View(tensor)).finite;
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
      this.#reasons.set(node, "float_readers");
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
        const role = this.#quantised.has(node) ? this.#roles.get(node) : undefined;
        if (producer !== undefined) {
          const reason = `the range of ${producer.describe()} saturates where it would`;
          return { ...label, placement: "absorbed" as const, reason, why: null };
        }
        if (role !== undefined) {
          const placement = role === "scaling" ? ("absorbed" as const) : ("integer" as const);
          return { ...label, placement, reason: ROLE_REASONS[role], why: null };
        }
        const why = this.#reasons.get(node) ?? "unneeded";
        return { ...label, placement: "float" as const, reason: this.#sentence(node, why), why };
      });
  }

  #sentence(node: Node, why: FloatReason): string {
    if (why !== "no_kernel") return FLOAT_REASONS[why];
    return `${RUNTIME_NAMES[this.#choice.kernels ?? "onnxruntime"]} has no integer kernel for ${node.opType}`;
  }
}

const ROLE_REASONS: Readonly<Record<Role, string>> = {
  weighted: "constant weights become integers",
  product: "both of its inputs are quantised",
  combining: "it stands between quantised values",
  bounded: "its output range is known",
  moving: "it moves integers and shares their scale",
  scaling: "its factor becomes part of the scale",
  direct: "it is written on the integers",
};
