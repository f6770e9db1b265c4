import type { OpencvFinding } from "@flotilla/contracts/targets";
import { allGraphs, downgradeOpset, type Node, OnnxError, type OnnxModel, opsetOf, readModel, writeModel } from "@flotilla/onnx";

/** The reader's parsers take operators as this set has them. */
const KNOWN_FORMS = 13;

/**
 * Operators that are said otherwise in the model's set than in the one that the reader knows: those that change when a copy is lowered to it. A model of a newer set that
 * uses none of what is new there is read as it is.
 */
export function findNewerForms(model: OnnxModel): OpencvFinding[] {
  const opset = opsetOf(model);
  if (opset <= KNOWN_FORMS) return [];
  const copy = readModel(writeModel(model));
  const before = allNodes(copy).map((node) => [node.opType, formOf(node)] as const);
  try {
    downgradeOpset(copy, KNOWN_FORMS);
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    return [{ code: "NEWER_FORM", operators: [], opset, highest: KNOWN_FORMS, lowerable: false }];
  }
  const after = new Set(allNodes(copy).map(formOf));
  const operators = [...new Set(before.filter(([, form]) => !after.has(form)).map(([opType]) => opType))];
  return operators.length === 0 ? [] : [{ code: "NEWER_FORM", operators, opset, highest: KNOWN_FORMS, lowerable: true }];
}

function allNodes(model: OnnxModel): readonly Node[] {
  return allGraphs(model.graph).flatMap((graph) => [...graph.nodes]);
}

/** What a reader sees of a node: its operator, its inputs, outputs and the names of its attributes. */
function formOf({ domain, opType, inputs, outputs, attributes }: Node): string {
  return JSON.stringify([domain, opType, inputs, outputs, [...attributes.keys()].toSorted()]);
}
