import type { FeedPlan } from "./plan-feeds.ts";

/** Integers that are the same in every sample are a setting, such as a sampling rate; more of them than this are data. */
const MAX_SETTING = 16;
const SETTING_TYPES = ["int64", "int32", "bool", "uint8"];

export interface ConstantInputs {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** The shapes that a data set always feeds a model's inputs with, and the settings that are the same in all of its samples. */
export async function findConstants(
  plan: FeedPlan,
  samples: { readonly count: number; read(index: number): Promise<readonly Float32Array[]> },
): Promise<ConstantInputs> {
  const first = await samples.read(0);
  const settings = new Map<number, { readonly name: string; readonly values: readonly number[] }>();
  for (const { name, type, dims, from } of plan.inputs) {
    if (!("array" in from) || from.perStep || !SETTING_TYPES.includes(type)) continue;
    if (dims.reduce((product, size) => product * size, 1) <= MAX_SETTING)
      settings.set(from.array, { name, values: [...(first[from.array] ?? [])] });
  }
  for (let index = 1; index < samples.count && settings.size > 0; index += 1) {
    const sample = await samples.read(index);
    for (const [array, { values }] of settings) if (values.some((value, at) => value !== sample[array]?.[at])) settings.delete(array);
  }
  return {
    shapes: Object.fromEntries(plan.inputs.map(({ name, dims }) => [name, dims])),
    values: Object.fromEntries([...settings.values()].map(({ name, values }) => [name, values])),
  };
}
