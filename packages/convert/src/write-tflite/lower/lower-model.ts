import { type Graph, inferModel, type Node, type OnnxModel } from "@flotilla/onnx";
import type { Unsupported } from "../../errors.ts";
import { activations } from "./activations.ts";
import { constantOfShape } from "./constant-of-shape.ts";
import { type Lowering, NodeBuilder } from "./lowering.ts";
import { einsum } from "./einsum.ts";
import { poolsOfThree } from "./pools-of-three.ts";
import { scan } from "./scan.ts";
import { batchNormalisation, normalisations } from "./normalisations.ts";
import { powOfTypes } from "./pow.ts";
import { recurrent } from "./recurrent.ts";
import { reductions } from "./reductions.ts";
import { severalOperands } from "./several-operands.ts";
import { trilu } from "./trilu.ts";

export const LOWERINGS: readonly Lowering[] = [
  activations,
  batchNormalisation,
  normalisations,
  reductions,
  severalOperands,
  poolsOfThree,
  einsum,
  recurrent,
  scan,
  powOfTypes,
  trilu,
  constantOfShape,
];

const BY_OPERATOR: ReadonlyMap<string, Lowering> = new Map(
  LOWERINGS.flatMap((lowering) => lowering.operators.map((operator): [string, Lowering] => [operator, lowering])),
);

function loweringOf(graph: Graph, node: Node): Lowering | null {
  const lowering = node.domain === "" ? (BY_OPERATOR.get(node.opType) ?? null) : null;
  return lowering?.applies?.(graph, node) === false ? null : lowering;
}

/** The nodes that cannot be rewritten although their operator can. */
export function refusedLowerings(model: OnnxModel): readonly Unsupported[] {
  return model.graph.nodes.flatMap((node) => {
    const reason = loweringOf(model.graph, node)?.refuse?.(model.graph, node) ?? null;
    return reason === null ? [] : [{ name: node.name === "" ? (node.outputs[0] ?? "") : node.name, kind: node.opType, reason }];
  });
}

export function canLower(graph: Graph, node: Node): boolean {
  return loweringOf(graph, node) !== null;
}

/** Rewrites all nodes that have a rule, and what they were rewritten into; changes `model`, whose shapes are known again behind it. */
export function lowerModel(model: OnnxModel): void {
  while (lowerOnce(model)) {
    model.graph.sortTopologically();
    inferModel(model);
  }
}

function lowerOnce(model: OnnxModel): boolean {
  const { graph } = model;
  let changed = false;
  for (const node of graph.nodes) {
    const lowering = loweringOf(graph, node);
    if (lowering === null) continue;
    changed = true;
    const built = lowering.build(new NodeBuilder(graph), node);
    const results = typeof built === "string" ? [built] : built;
    graph.removeNode(node);
    for (const [index, output] of node.outputs.entries()) {
      const result = results[index] ?? "";
      const producer = graph.producerOf(result);
      if (output === "" || producer === null) continue;
      graph.replaceUses(result, output);
      graph.setOutput(producer, producer.outputs.indexOf(result), output);
    }
  }
  return changed;
}
