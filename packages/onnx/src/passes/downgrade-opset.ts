import { OnnxError } from "../errors.ts";
import { allGraphs, type OnnxModel, opsetOf } from "../graph/model.ts";
import { inferModel } from "../infer/infer-model.ts";
import { DOWNGRADE_STEPS } from "./downgrade-steps.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { OPERATOR_BIRTHS } from "./operator-births.ts";

const LOWEST = 7;
const HIGHEST = 21;
/** The IR version that each operator set was released with (onnx/docs/Versioning.md): older runtimes refuse newer files. */
const IR_VERSIONS: readonly (readonly [opset: number, irVersion: number])[] = [
  [21, 10],
  [19, 9],
  [15, 8],
  [12, 7],
  [11, 6],
  [10, 5],
  [9, 4],
  [7, 3],
];

/**
 * Before:     a model of the standard operator set 8 to 21
 * After:      the same model of operator set `target`: inputs that were attributes are attributes again, operators that did not exist are written out
 * Conditions: 7 and newer. Refused, with the node: operators that older sets neither have nor can say, settings that became inputs and are calculated
 * @returns what was done, as notes
 * @throws OnnxError UNSUPPORTED_OPSET; `model` may then be half rewritten
 */
export function downgradeOpset(model: OnnxModel, target: number): string[] {
  const from = opsetOf(model);
  if (from <= target) return [];
  if (target < LOWEST || from > HIGHEST)
    throw new OnnxError(
      "UNSUPPORTED_OPSET",
      `The model uses operator set ${from}; lowering to ${target} is not possible: from ${HIGHEST} at most, to ${LOWEST} at least.`,
    );
  const notes = inlineFunctions(model);
  if (model.proto.functions.length > 0)
    throw new OnnxError(
      "UNSUPPORTED_OPSET",
      "The model has functions of its own for another operator set than its graph. Export it again without functions.",
    );
  inferModel(model);
  for (const { since, operators, downgrade } of DOWNGRADE_STEPS) {
    if (since > from || since <= target) continue;
    for (const graph of allGraphs(model.graph)) {
      for (const node of graph.nodes) if (node.is(...operators)) downgrade(graph, node);
      graph.sortTopologically();
    }
  }
  refuseNewOperators(model, target);
  model.opsets.set("", target);
  model.irVersion = Math.min(model.irVersion, IR_VERSIONS.find(([opset]) => opset <= target)?.[1] ?? 3);
  return [...notes, `The operator set was lowered from ${from} to ${target}.`];
}

/** All of them at once. */
function refuseNewOperators(model: OnnxModel, target: number): void {
  const born = (opType: string): number => OPERATOR_BIRTHS.get(opType) ?? LOWEST;
  const found = allGraphs(model.graph).flatMap((graph) => graph.nodes.filter((node) => node.domain === "" && born(node.opType) > target));
  if (found.length === 0) return;
  const named = found.slice(0, 10).map((node) => `${node.describe()} (since ${born(node.opType)})`);
  const more = found.length > named.length ? ` and ${found.length - named.length} more` : "";
  throw new OnnxError(
    "UNSUPPORTED_OPSET",
    `Operator set ${target} does not have ${named.join(", ")}${more}. Choose a newer one for the device, or replace them in the model.`,
  );
}
