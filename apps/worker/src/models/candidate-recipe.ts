import type { Recipe, RecipePass, VariantFormat } from "@flotilla/contracts";
import { type Candidate, describeCandidate, type PreparedSource, type StaticCandidate } from "@flotilla/onnx/optimise";

type StaticPass = Extract<RecipePass, { pass: "int8-static" }>;
const NAME_LENGTH = 80;

/** The passes that a search runs before it builds candidates. */
export function preparationOf({ bindings, opset }: Pick<PreparedSource, "bindings" | "opset">): RecipePass[] {
  const { shapes = {}, values = {} } = bindings ?? {};
  const copy = (all: Readonly<Record<string, readonly number[]>>) =>
    Object.fromEntries(Object.entries(all).map(([name, numbers]) => [name, [...numbers]]));
  return [
    ...(bindings === null ? [] : [{ pass: "bind-inputs" as const, shapes: copy(shapes), values: copy(values) }]),
    { pass: "simplify", ...(opset === null ? {} : { opset }) },
  ];
}

export interface CandidateSetup {
  readonly calibrationSamples: number;
  /** Of the files that the search makes. */
  readonly format: VariantFormat;
}

/** The recipe that makes a search's candidate again, byte for byte, with the same calibration data. */
export function toRecipe(candidate: Candidate, preparation: readonly RecipePass[], { calibrationSamples, format }: CandidateSetup): Recipe {
  const exported: RecipePass[] = format === "onnx" ? [] : [{ pass: "export", format, dimensions: {} }];
  return {
    schemaVersion: 1,
    name: describeCandidate(candidate).slice(0, NAME_LENGTH),
    passes: [...preparation, toPass(candidate, calibrationSamples), ...exported],
  };
}

function toPass(candidate: Candidate, calibrationSamples: number): RecipePass {
  if (candidate.method === "fp16") return { pass: "fp16", keepIo: true };
  if (candidate.method === "weight-only") return { pass: "weight-only", bits: 8, blockSize: 32, exclude: [...candidate.exclude] };
  if (candidate.method === "int8-dynamic") return { pass: "int8-dynamic", perChannel: true };
  const { options } = candidate;
  return {
    pass: "int8-static",
    observer: candidate.observer as StaticPass["observer"],
    perChannel: options.perChannel ?? true,
    activations: options.activations ?? "uint8",
    reduceRange: options.reduceRange ?? false,
    ...(options.symmetricActivations === undefined ? {} : { symmetricActivations: options.symmetricActivations }),
    ...(options.weights === undefined ? {} : { weights: options.weights }),
    ...(options.kernels === undefined ? {} : { kernels: options.kernels }),
    ...(options.compact === undefined ? {} : { compact: options.compact }),
    ...(options.recurrent === undefined ? {} : { recurrent: options.recurrent }),
    equalise: candidate.equalise,
    correctBias: candidate.correctBias,
    roundAdaptively: [...candidate.roundAdaptively],
    calibrationSamples,
    exclude: [...candidate.exclude],
  };
}

/** The candidate behind a pass that asks for corrections; null: one that is quantised as it is. */
export function toCandidate(pass: StaticPass): StaticCandidate | null {
  if (pass.equalise === undefined && pass.correctBias === undefined && pass.roundAdaptively === undefined) return null;
  const { perChannel, activations, reduceRange, symmetricActivations, weights, kernels, compact, recurrent } = pass;
  return {
    method: "int8-static",
    observer: pass.observer,
    options: {
      perChannel,
      activations,
      reduceRange,
      ...(symmetricActivations === undefined ? {} : { symmetricActivations }),
      ...(weights === undefined ? {} : { weights }),
      ...(kernels === undefined ? {} : { kernels }),
      ...(compact === undefined ? {} : { compact }),
      ...(recurrent === undefined ? {} : { recurrent }),
    },
    equalise: pass.equalise ?? false,
    correctBias: pass.correctBias ?? false,
    roundAdaptively: pass.roundAdaptively ?? [],
    exclude: pass.exclude,
  };
}
