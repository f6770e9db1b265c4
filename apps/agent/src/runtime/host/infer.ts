import { FlotillaError } from "@flotilla/contracts";
import { z } from "zod";
import { isClassification, topClass } from "./classes.ts";
import type { LoadedModel } from "./load-model.ts";
import type { Measure } from "./measure.ts";
import type { OrtTensor } from "./ort.ts";
import { inferTensorSchema, oipTypeOf, tensorFrom, tensorTo } from "./tensors.ts";

const inferRequestSchema = z.object({
  id: z.string().optional(),
  inputs: z.array(inferTensorSchema).min(1).max(64),
  outputs: z.array(z.object({ name: z.string() })).optional(),
});

/** Beside the protocol's own fields: which bytes answered. */
export function parametersOf(model: LoadedModel): Record<string, string> {
  return { variant_sha256: model.variantSha256, release_id: model.manifest.releaseId };
}

/** `GET /v2/models/<name>`: Open Inference Protocol v2 model metadata. */
export function metadataOf(model: LoadedModel): object {
  const { manifest } = model;
  const tensors = (specs: typeof manifest.inputs): object[] =>
    specs.map((spec) => ({
      name: spec.name,
      datatype: oipTypeOf(spec.type),
      shape: spec.shape.map((size) => (typeof size === "number" ? size : -1)),
    }));
  return {
    name: manifest.modelName,
    versions: [String(manifest.version)],
    platform: "onnxruntime_onnx",
    inputs: tensors(manifest.inputs),
    outputs: tensors(manifest.outputs),
    parameters: parametersOf(model),
  };
}

/** `POST /v2/models/<name>/infer`. Throws INVALID_INPUT for what the caller can mend. */
export async function infer(model: LoadedModel, measure: Measure, body: unknown): Promise<object> {
  const request = inferRequestSchema.safeParse(body);
  if (!request.success) {
    const issue = request.error.issues[0];
    throw new FlotillaError(
      "INVALID_INPUT",
      `The request is no Open Inference Protocol v2 inference: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}.`,
    );
  }
  const feeds: Record<string, OrtTensor> = {};
  for (const spec of model.manifest.inputs) {
    const input = request.data.inputs.find((candidate) => candidate.name === spec.name);
    if (input === undefined) throw new FlotillaError("INVALID_INPUT", `Input ${spec.name} is missing.`);
    feeds[spec.name] = tensorFrom(input, spec, model.manifest.preprocessing);
  }
  const started = performance.now();
  const results = await model.session.run(feeds);
  measure.ran(performance.now() - started);
  countClasses(model, measure, results);
  const wanted = request.data.outputs?.map((output) => output.name) ?? model.manifest.outputs.map((output) => output.name);
  const outputs = wanted.map((name) => {
    const tensor = results[name];
    if (tensor === undefined) throw new FlotillaError("INVALID_INPUT", `The model has no output ${name}.`);
    return tensorTo(name, tensor);
  });
  const { modelName, version } = model.manifest;
  return {
    model_name: modelName,
    model_version: String(version),
    ...(request.data.id === undefined ? {} : { id: request.data.id }),
    parameters: parametersOf(model),
    outputs,
  };
}

function countClasses(
  model: LoadedModel,
  measure: Measure,
  results: Readonly<Record<string, { data: unknown; dims: readonly number[] }>>,
): void {
  if (!isClassification(model.manifest)) return;
  const output = results[model.manifest.outputs[0]?.name ?? ""];
  if (output === undefined) return;
  const values = output.data as ArrayLike<number>;
  const width = output.dims.at(-1) ?? 0;
  if (width === 0) return;
  for (let from = 0; from + width <= values.length; from += width) {
    const top = topClass(values, from, from + width);
    measure.classified(top, Number(values[from + top]));
  }
}
