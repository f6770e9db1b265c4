import { join } from "node:path";
import {
  FlotillaError,
  fileTensorsSchema,
  type FileTensors,
  type RecipePass,
  type Statement,
  type VariantFormat,
} from "@flotilla/contracts";
import { judgeExport, tflitePrecision } from "@flotilla/domain";
import type { WorkerContext } from "../context.ts";
import { describeCard } from "../models/describe-card.ts";
import { ask } from "./measure-variant.ts";
import type { JobRun } from "./run-job.ts";

/** A file as a variant is stored. */
export interface MadeFile {
  readonly file: string;
  readonly format: VariantFormat;
  readonly tensors: FileTensors | null;
  readonly warnings: readonly Statement[];
}

/**
 * The file that a recipe asks for, of the ONNX file that its passes made: that file itself where it exports nothing.
 * @throws FlotillaError INVALID_INPUT for a recipe that cannot be exported, or dimensions without a size; UNSUPPORTED_OPERATOR with all nodes that the format lacks
 */
export async function exportVariant(ctx: WorkerContext, run: JobRun, onnxFile: string, part: [number, number]): Promise<MadeFile> {
  const { recipe, card } = run.job;
  const pass = recipe.passes.find((candidate): candidate is Extract<RecipePass, { pass: "export" }> => candidate.pass === "export");
  if (pass === undefined) return { file: onnxFile, format: "onnx", tensors: null, warnings: [] };
  const problem = judgeExport(recipe);
  if (problem !== null) throw new FlotillaError("INVALID_INPUT", problem.sentence);
  const { format, dimensions } = pass;
  const outputFile = join(run.directory, `variant.${format}`);
  const request = {
    modelPath: onnxFile,
    format: format === "ort" ? format : (`tflite-${tflitePrecision(recipe)}` as const),
    dimensions,
    description: { ...describeCard(card), name: recipe.name },
    outputFile,
  };
  const exported = await ask(ctx, run, "export-model", request, part);
  for (const note of exported.notes) await run.report.log(note);
  // The child has read foreign bytes: what it says is foreign too.
  const tensors = fileTensorsSchema.nullable().parse(exported.tensors);
  return { file: outputFile, format, tensors, warnings: [...floatNodes(exported.floatNodes), ...refusal(exported.refusal)] };
}

const NAMED_NODES = 5;

function floatNodes(nodes: readonly string[]): Statement[] {
  if (nodes.length === 0) return [];
  const names = nodes.slice(0, NAMED_NODES).join(", ") + (nodes.length > NAMED_NODES ? ", …" : "");
  const sentence = `${nodes.length} nodes of the int8 file calculate in float, which integer-only devices cannot: ${names}. Choose operators that have int8 kernels, or another device.`;
  return [{ code: "EXPORT_FLOAT_NODES", params: { count: nodes.length, nodes: names }, sentence }];
}

function refusal(why: string | null): Statement[] {
  if (why === null) return [];
  const sentence = `Not measurable here: the TensorFlow Lite runtime that measures refuses the file, and a device's newer one may take it. ${why}`;
  return [{ code: "EXPORT_NOT_MEASURABLE", params: { why }, sentence }];
}
