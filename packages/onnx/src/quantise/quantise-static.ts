import { OnnxError } from "../errors.ts";
import { type OnnxModel, opsetOf } from "../graph/model.ts";
import { inferModel } from "../infer/infer-model.ts";
import { dedupeInitialisers } from "../passes/dedupe-initialisers.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { runPasses } from "../passes/run-passes.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import { absorbActivations } from "./absorb-activations.ts";
import { ACTIVATION_FORMATS } from "./activation-types.ts";
import { chooseParams } from "./choose-params.ts";
import type { ConversionResult, ConversionWarning } from "./conversion-result.ts";
import { SharedConstants } from "./insert-qdq.ts";
import { FLOAT_REASONS } from "./float-reasons.ts";
import { lowerActivations } from "./lower-activations.ts";
import { lowerForTflite } from "./lower-for-tflite.ts";
import { movePastDequantise } from "./move-past-dequantise.ts";
import type { Ranges } from "./observers/range-rule.ts";
import type { StaticOptions } from "./options.ts";
import { type Placement, planPlacement } from "./plan-placement.ts";
import { prepareGraph } from "./prepare-graph.ts";
import { DEFAULT_PROFILE, type QuantProfile } from "./profile.ts";
import type { Node } from "../graph/node.ts";
import { isQuantisableLstm, toDynamicLstm } from "./quantise-lstm.ts";
import { quantiseLayer } from "./quantise-layer.ts";
import { shieldFloatLayers } from "./shield-float-layers.ts";
import { shortenNames } from "./shorten-names.ts";
import { assertFiniteWeights } from "./weighted-layer.ts";
import { foldScaling, rewriteOnIntegers, wireConstants, wireValue } from "./wire-values.ts";

/**
 * Post-training static quantisation in QDQ form: integer weights, int32 biases, activations by the calibrated `ranges`. Changes `model` and
 * returns it; where it throws, what the model calculates is unchanged. Simplify first; the ranges come from `tapsFor` of the same model and options.
 * @throws OnnxError INVALID_INPUT where a range is missing or nothing can be quantised, UNSUPPORTED_OPSET
 */
export function quantiseStatic(model: OnnxModel, ranges: Ranges, options: StaticOptions = {}): ConversionResult {
  const profile: QuantProfile = { ...DEFAULT_PROFILE, ...given(options) };
  const notes = upgradeOpset(model, ACTIVATION_FORMATS[profile.activations].opset);
  if (profile.activations.endsWith("16")) model.irVersion = Math.max(model.irVersion, 10);
  prepareGraph(model);
  inferModel(model);
  lowerActivations(model, options);
  lowerForTflite(model, options);
  inferModel(model);
  const { graph } = model;
  const plan = planPlacement(graph, options);
  if (plan.weighted.length === 0) throw nothingToQuantise(plan);
  for (const node of plan.weighted) assertFiniteWeights(graph, node);
  const params = chooseParams(graph, plan, ranges, profile, opsetOf(model));
  const placement = absorbActivations(graph, plan, params, profile);
  const shared = new SharedConstants(graph);
  for (const node of placement.weighted) {
    quantiseLayer(graph, shared, node, {
      profile,
      compact: options.compact ?? false,
      inputScale: params.get(node.inputs[0] ?? "")?.scale ?? 1,
      quantisedOutput: params.has(node.outputs[0] ?? ""),
    });
  }
  const wiring = { graph, placement, shared, params, profile };
  const direct = [...placement.direct].map((node) => ({ node, params: params.get(node.outputs[0] ?? "") }));
  for (const node of placement.quantised) wireConstants(wiring, node);
  for (const [value, valueParams] of params) wireValue(wiring, value, valueParams);
  for (const { node, params: shared } of direct) if (shared !== undefined) rewriteOnIntegers(wiring, node, shared);
  for (const node of placement.scaling) foldScaling(graph, node);
  if (options.recurrent === true) notes.push(...quantiseRecurrent(model, options, profile));
  graph.sortTopologically();
  if (profile.kernels === "onnxruntime") shieldFloatLayers(graph);
  if (profile.activations === "int8" && opsetOf(model) >= 21) movePastDequantise(graph);
  runPasses(model, [dedupeInitialisers, removeDeadCode]);
  shortenNames(graph);
  notes.push(...summarise(placement, profile));
  return { model, notes, warnings: warningsFor(placement, profile), placement: placement.decisions };
}

function quantiseRecurrent(model: OnnxModel, options: StaticOptions, { perChannel, reduceRange }: QuantProfile): string[] {
  const layers = model.graph.nodes.filter((node) => isQuantisableLstm(model.graph, node) && !isExcluded(node, options));
  for (const node of layers) toDynamicLstm(model, node, { perChannel, reduceRange });
  return layers.length === 0 ? [] : [`${layers.length} LSTM layers run on integers, their activations quantised in each run.`];
}

function isExcluded(node: Node, { exclude, excludeOperators }: StaticOptions): boolean {
  return exclude?.includes(node.name) === true || excludeOperators?.includes(node.opType) === true;
}

/** Without fields that are there but undefined: they must not hide a default. */
function given(options: StaticOptions): Partial<QuantProfile> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function nothingToQuantise(placement: Placement): OnnxError {
  const layer = placement.decisions.find(({ opType, placement: where }) => where === "float" && LAYERS.includes(opType));
  const because = layer === undefined ? "" : ` (${layer.opType} ${JSON.stringify(layer.node)}: ${layer.reason})`;
  const params = { method: "int8-static", ...(layer === undefined ? {} : { node: layer.node, why: layer.why ?? "unneeded" }) };
  return new OnnxError(
    "INVALID_INPUT",
    `The model has no Conv, Gemm or MatMul with constant float32 weights${because}, so static int8 has nothing to quantise. Choose fp16 or leave the model as it is.`,
    { reason: { code: "NOTHING_TO_QUANTISE", params } },
  );
}

const LAYERS = ["Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN"];

function summarise(placement: Placement, profile: QuantProfile): string[] {
  const granularity = profile.perChannel ? "a scale per channel" : "one scale each";
  const bits = profile.reduceRange ? ", 7 bits" : "";
  return [
    `${placement.weighted.length} layers have ${profile.weights} weights (${granularity}${bits}); ${placement.absorbed.size} activations were absorbed.`,
  ];
}

function warningsFor(placement: Placement, profile: QuantProfile): ConversionWarning[] {
  const warnings = floatLayers(placement);
  if (profile.activations.endsWith("16"))
    warnings.push({
      code: "NO_INTEGER_KERNELS",
      params: { activations: profile.activations },
      sentence: "No CPU runtime has integer kernels for 16-bit activations: they are for accelerators, and slower than float on a CPU.",
    });
  if (profile.kernels === "onnxruntime" && profile.activations === "uint8" && profile.weights === "int8" && !profile.reduceRange)
    warnings.push({
      code: "MAY_SATURATE",
      params: {},
      sentence:
        "8-bit weights saturate on x86 CPUs without VNNI; check the accuracy on the devices' own CPU or use 7-bit weights (reduceRange).",
    });
  return warnings;
}

/** Of the layers that stay in float, so many are named. */
const NAMED = 5;

/** One warning a reason. */
function floatLayers({ decisions }: Placement): ConversionWarning[] {
  const inFloat = decisions.filter(({ opType, placement }) => placement === "float" && LAYERS.includes(opType));
  return [...Map.groupBy(inFloat, ({ why }) => why ?? "unneeded")].map(([why, layers]) => {
    const named = layers.slice(0, NAMED).map(({ node, opType }) => `${opType} ${JSON.stringify(node)}`);
    const names = `${named.join(", ")}${layers.length > NAMED ? "…" : ""}`;
    const reason = layers.every(({ opType }) => opType === layers[0]?.opType) ? layers[0]?.reason : FLOAT_REASONS[why];
    return {
      code: "FLOAT_LAYERS",
      params: { count: layers.length, why, layers: names },
      sentence: `${layers.length === 1 ? "1 layer stays" : `${layers.length} layers stay`} in float: ${names} (${reason}).`,
    };
  });
}
