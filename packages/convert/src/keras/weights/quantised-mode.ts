import { type Refusal, refusal } from "../../reasons.ts";
import type { LayerConfig } from "../graph/layer-config.ts";

/** `int8`, `int4`, `float8`, `gptq`, `awq`: how Keras 3 quantised a layer, "" for not at all. Its dtype policy says so. */
export function quantisedMode(config: LayerConfig): string {
  const dtype = config.raw("dtype");
  if (typeof dtype !== "object" || dtype === null) return "";
  const { class_name: className, config: values } = dtype as { class_name?: unknown; config?: { mode?: unknown; name?: unknown } };
  if (typeof className !== "string" || !/^(?:Quantized|Int4|GPTQ|AWQ)/.test(className)) return "";
  const mode = typeof values?.mode === "string" ? values.mode : typeof values?.name === "string" ? values.name : className;
  return mode.split(/[/_]/)[0] ?? mode;
}

/** Why quantised weights cannot be read and what to do; null where they can. */
export function refuseQuantised(config: LayerConfig): Refusal | null {
  const mode = quantisedMode(config);
  return mode === "" || mode === "int8" ? null : refusal("QUANTISED_WEIGHTS", { mode });
}
