import { TARGET_PROFILES, type TargetProfile } from "@flotilla/contracts/profiles";
import type { OpencvFinding, OpencvReport } from "@flotilla/contracts/targets";
import { type Node, type OnnxModel, opsetOf } from "@flotilla/onnx";
import { findNewerForms } from "./find-newer-forms.ts";

/** The oldest release that the profile stands for. */
const OLDEST = "4.6";
/** Reads DequantizeLinear of constants (pull request 22666) and Squeeze with its axes as an input (22306). */
const NEXT = "4.7";

/**
 * Checks a model against what OpenCV's ONNX reader takes (the `opencv-dnn` profile): operators and their forms, fixed sizes, quantised weights. The reader refuses no
 * operator set by its number; it knows its operators in the forms of set 13. Only what its source says: whether the results are right is measured on the device.
 * Source: modules/dnn/src/onnx/onnx_importer.cpp of OpenCV 4.6 and 4.7, buildDispatchMap_ONNX_AI, buildDispatchMap_COM_MICROSOFT and populateNet
 */
export function checkForOpencv(model: OnnxModel, profile: TargetProfile = opencvProfile()): OpencvReport {
  const missing = missingOperators(model, profile);
  // What the older set cannot say is then said already, by name.
  const newer = findNewerForms(model).filter((finding) => missing.length === 0 || (finding.code === "NEWER_FORM" && finding.lowerable));
  const findings = [
    ...missing,
    ...newer,
    ...openSizes(model),
    ...(model.proto.functions.length > 0 ? [{ code: "MODEL_FUNCTIONS" } as const] : []),
    ...integerWeights(model),
    ...axesAsInput(model),
  ];
  const isNeverRead = findings.some((finding) => !("since" in finding));
  return { readFrom: isNeverRead ? null : findings.length > 0 ? NEXT : OLDEST, findings };
}

function opencvProfile(): TargetProfile {
  const found = TARGET_PROFILES.find(({ id }) => id === "opencv-dnn");
  if (found === undefined) throw new Error("The profile opencv-dnn is missing.");
  return found;
}

function missingOperators({ graph }: OnnxModel, { operators }: TargetProfile): OpencvFinding[] {
  const known = new Set(operators);
  const groups = new Map<string, string[]>();
  for (const node of graph.nodes) {
    const operator = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
    if (!known.has(operator)) groups.set(operator, [...(groups.get(operator) ?? []), nameOf(node)]);
  }
  return [...groups].map(([operator, nodes]) => ({ code: "OPERATOR_MISSING", operator, nodes }));
}

/** Sizes that the reader calls dynamic: all but the batch of what has three axes or more, which it takes for 1. */
function openSizes({ graph }: OnnxModel): OpencvFinding[] {
  return graph.inputs.flatMap((input): OpencvFinding[] => {
    const shape = graph.typeOf(input)?.shape ?? null;
    const fixed = shape !== null && shape.length >= 3 ? shape.slice(1) : shape;
    return fixed === null || fixed.some((dim) => typeof dim !== "number") ? [{ code: "DYNAMIC_SHAPE", input }] : [];
  });
}

function integerWeights({ graph }: OnnxModel): OpencvFinding[] {
  const count = graph.nodes.filter((node) => node.is("DequantizeLinear") && graph.constantOf(node.inputs[0] ?? "") !== null).length;
  return count === 0 ? [] : [{ code: "INTEGER_WEIGHTS", count, since: NEXT }];
}

function axesAsInput(model: OnnxModel): OpencvFinding[] {
  if (opsetOf(model) < 13) return [];
  const nodes = model.graph.nodes.filter((node) => node.is("Squeeze") && (node.inputs[1] ?? "") !== "").map(nameOf);
  return nodes.length === 0 ? [] : [{ code: "AXES_AS_INPUT", operator: "Squeeze", nodes, since: NEXT }];
}

function nameOf(node: Node): string {
  return node.name === "" ? (node.outputs[0] ?? "") : node.name;
}
