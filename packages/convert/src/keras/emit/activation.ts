import type { GraphBuilder } from "@flotilla/onnx";
import type { KerasLayer } from "../graph/keras-graph.ts";
import { LayerConfig } from "../graph/layer-config.ts";
import { type ActivationFunction, FUNCTIONS } from "./activation-functions.ts";
import { eluOf, leakyReluOf, reluOf, softmaxOf } from "./activation-layers.ts";
import { refusal, type Refusal } from "../../reasons.ts";

/** Layers that may stand in the place of a function: those without weights. */
const AS_LAYERS: Readonly<Record<string, (b: GraphBuilder, x: string, config: LayerConfig) => string>> = {
  ReLU: reluOf,
  LeakyReLU: leakyReluOf,
  ELU: eluOf,
  Softmax: softmaxOf,
};

/** Names of the functions that are converted. */
export const ACTIVATIONS: readonly string[] = Object.keys(FUNCTIONS);

/** The name of the function under `setting`, a layer's `{class_name, config}`, or null for none. */
function readActivation(
  value: unknown,
): string | { readonly className: string; readonly config: Readonly<Record<string, unknown>> } | null {
  if (value === null || typeof value === "string") return value;
  const { class_name: className, config } = value as { class_name?: unknown; config?: unknown };
  if (className === "function" && typeof config === "string") return config;
  const values = typeof config === "object" && config !== null ? (config as Readonly<Record<string, unknown>>) : {};
  return typeof className === "string" ? { className, config: values } : "";
}

/** Why the function under `setting` cannot be converted; null where it can. */
export function refuseActivation(layer: KerasLayer, setting = "activation"): Refusal | null {
  const found = readActivation(layer.config.raw(setting));
  if (found === null) return null;
  if (typeof found === "string") return functionCalled(found) === null ? notKnown(found) : null;
  return found.className in AS_LAYERS ? null : notKnown(found.className);
}

function notKnown(name: string): Refusal {
  return refusal("UNKNOWN_ACTIVATION", { name, known: ACTIVATIONS.slice(0, 12).join(", ") });
}

function functionCalled(name: string): ActivationFunction | null {
  return Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] ?? null) : null;
}

/** Applies the function under `setting`; `refuseActivation` must have let it through. Writes nothing for `linear`. */
export function activate(b: GraphBuilder, x: string, config: LayerConfig, setting = "activation"): string {
  const found = readActivation(config.raw(setting));
  if (found === null) return x;
  if (typeof found === "string") return functionCalled(found)?.(b, x, config.keras) ?? x;
  return AS_LAYERS[found.className]?.(b, x, new LayerConfig(found.config, found.className, config.keras)) ?? x;
}

/** The name under `setting` where it is a function's, "linear" for none. */
export function activationName(config: LayerConfig, setting: string, fallback: string): string {
  const found = readActivation(Object.hasOwn(config.values, setting) ? config.raw(setting) : fallback);
  return found === null ? "linear" : typeof found === "string" ? found : found.className;
}
