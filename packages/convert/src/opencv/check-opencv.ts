import { TARGET_PROFILES, type TargetProfile } from "@flotilla/contracts/profiles";
import { type Node, type OnnxModel, opsetOf } from "@flotilla/onnx";

/** What keeps OpenCV's DNN module from running a model. Codes are stable; texts for them belong to whoever shows them. */
export type OpencvFinding =
  /** `downgradeOpset` may help. */
  | { readonly code: "OPSET_TOO_NEW"; readonly opset: number; readonly highest: number }
  | { readonly code: "OPERATOR_MISSING"; readonly operator: string; readonly nodes: readonly string[] }
  /** It stands between integers and OpenCV has no integer layer for it: it does not go back to float by itself. Leave the node in float. */
  | { readonly code: "NO_INTEGER_LAYER"; readonly operator: string; readonly nodes: readonly string[] }
  /** Give the input fixed sizes. */
  | { readonly code: "DYNAMIC_SHAPE"; readonly input: string }
  | { readonly code: "MODEL_FUNCTIONS" };

export interface OpencvReport {
  readonly runs: boolean;
  readonly findings: readonly OpencvFinding[];
  /** Nodes that run on integers. */
  readonly integerNodes: number;
}

/**
 * Checks a model against the list of what OpenCV reads (the `opencv-dnn` profile): operator set, operators, integer layers, fixed shapes. Only what the list says:
 * whether the results are right is measured on the device.
 * Source of the list: modules/dnn/src/onnx/onnx_importer.cpp of OpenCV 4.6, buildDispatchMap_ONNX_AI
 */
export function checkForOpencv(model: OnnxModel, profile: TargetProfile = opencvProfile()): OpencvReport {
  const { graph } = model;
  const findings: OpencvFinding[] = [];
  const opset = opsetOf(model);
  if (profile.maxOpset !== null && opset > profile.maxOpset) findings.push({ code: "OPSET_TOO_NEW", opset, highest: profile.maxOpset });
  if (model.proto.functions.length > 0) findings.push({ code: "MODEL_FUNCTIONS" });
  for (const input of graph.inputs) {
    const shape = graph.typeOf(input)?.shape ?? null;
    // The batch may stay open: it is fixed when the first input is set.
    if (profile.staticShapes && (shape === null || shape.slice(1).some((dim) => typeof dim !== "number")))
      findings.push({ code: "DYNAMIC_SHAPE", input });
  }
  const known = new Set(profile.operators);
  const missing = graph.nodes.filter((node) => node.domain !== "" || (known.size > 0 && !known.has(node.opType)));
  for (const [operator, nodes] of byOperator(missing)) findings.push({ code: "OPERATOR_MISSING", operator, nodes });
  const onIntegers = graph.nodes.filter((node) => standsBetweenIntegers(model, node));
  const integer = new Set(profile.integerOperators);
  for (const [operator, nodes] of byOperator(onIntegers.filter((node) => !integer.has(node.opType))))
    findings.push({ code: "NO_INTEGER_LAYER", operator, nodes });
  return { runs: findings.length === 0, findings, integerNodes: onIntegers.length };
}

function opencvProfile(): TargetProfile {
  const found = TARGET_PROFILES.find(({ id }) => id === "opencv-dnn");
  if (found === undefined) throw new Error("The profile opencv-dnn is missing.");
  return found;
}

/** Whether a node reads dequantised values and writes one that is quantised at once. */
function standsBetweenIntegers({ graph }: OnnxModel, node: Node): boolean {
  if (node.is("QuantizeLinear", "DequantizeLinear")) return false;
  const readers = node.outputs.flatMap((output) => (output === "" ? [] : graph.consumersOf(output)));
  return (
    graph.producerOf(node.inputs[0] ?? "")?.is("DequantizeLinear") === true &&
    readers.length > 0 &&
    readers.every((reader) => reader.is("QuantizeLinear"))
  );
}

function byOperator(nodes: readonly Node[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const operator = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
    groups.set(operator, [...(groups.get(operator) ?? []), node.name === "" ? (node.outputs[0] ?? "") : node.name]);
  }
  return groups;
}
