import type { OnnxModel } from "@flotilla/onnx";
import { convertError, type Unsupported, unsupportedError } from "../errors.ts";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { Emitter } from "./emitter.ts";
import { encodeTarget, type FileTexts } from "./encode-target.ts";
import { inputLayout } from "./input-layouts.ts";
import { channelsLast, identity, isIdentity, type Perm, samePerm } from "./layout.ts";
import { canLower, lowerModel, refusedLowerings } from "./lower/lower-model.ts";
import { appendLabels, encodeMetadata, type TfliteDescription } from "./metadata.ts";
import { prepareModel } from "./prepare-model.ts";
import { wantedQuant } from "./quantisation.ts";
import { ruleFor } from "./registry.ts";
import type { TargetModel } from "./target-model.ts";
import { tidyTarget } from "./tidy-target.ts";

export interface WriteTfliteOptions {
  /**
   * float32; float16: weights are stored in 16 bits and calculated in 32; int8: the model has QuantizeLinear and DequantizeLinear, and inputs and outputs become
   * integers too.
   */
  readonly precision: "float32" | "float16" | "int8";
  /** Sizes of symbolic dimensions. A first dimension without one is 1. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** `channels-last` (default): images come and go as [N, H, W, C] where the model works so. `as-is`: in the axes' order of the ONNX model. */
  readonly io?: "channels-last" | "as-is";
  /** Written as TFLite metadata; the class names stand in a file behind the model. */
  readonly description?: TfliteDescription;
}

/** An input or output of the file. Element `[i, j, …]` of the file's tensor is the model's element with axes `perm[0]`, `perm[1]`, …. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly perm: Perm;
  readonly type: keyof typeof TensorType;
  /** real = scale · (integer − zeroPoint), for integers. */
  readonly scale: number | null;
  readonly zeroPoint: number | null;
}

export interface WrittenTflite {
  readonly bytes: Uint8Array;
  readonly inputs: readonly WrittenTensor[];
  readonly outputs: readonly WrittenTensor[];
  /** TFLite operators and how often each stands in the file. */
  readonly operators: Readonly<Record<string, number>>;
  /** Nodes that calculate in float although they are given integers: int8 kernels are lacking, or nobody quantised their results. */
  readonly floatNodes: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Writes a model as a TFLite file with fixed shapes. Changes `model`: clone it, or read it again, where it is still needed.
 * @throws FlotillaError UNSUPPORTED_OPERATOR with all nodes that cannot be written, before anything is; INVALID_INPUT for dimensions without a size, or int8 of a
 * model that is not quantised; OnnxError UNSUPPORTED_OPSET
 */
export function writeTflite(model: OnnxModel, options: WriteTfliteOptions): WrittenTflite {
  const notes = prepareModel(model, options.dimensions ?? {});
  if (options.precision === "int8" && !model.graph.nodes.some((node) => node.is("DequantizeLinear")))
    throw convertError("INVALID_INPUT", "The model is not quantised. Run static int8 quantisation for the TFLite profile first.");
  refuseUnknown(model);
  lowerModel(model);
  const emitter = new Emitter(model, { halfWeights: options.precision === "float16", integerIo: options.precision === "int8" });
  const unsupported = refusals(emitter);
  if (unsupported.length > 0) throw unsupportedError(unsupported);
  const inputs = model.graph.inputs.map((input) => writeInput(emitter, input, options));
  for (const node of model.graph.nodes) {
    const rule = ruleFor(node.opType);
    if (rule !== undefined) emitter.visit(node, rule.emit);
  }
  const perms: Perm[] = [];
  const outputs = model.graph.outputs.map((output) => {
    const [tensor, perm] = writeOutput(emitter, output, options, inputs);
    perms.push(perm);
    return tensor;
  });
  const target = tidyTarget(emitter.finish(inputs, outputs));
  return describeFile(model, target, {
    description: options.description ?? null,
    inputPerms: model.graph.inputs.map((input) => emitter.heldOf(input)?.perm ?? []),
    outputPerms: perms,
    floatNodes: emitter.floatNodes,
    notes: [...notes, ...emitter.notes],
  });
}

function nameOf(node: OnnxModel["graph"]["nodes"][number]): string {
  return node.name === "" ? (node.outputs[0] ?? "") : node.name;
}

/** Operators that no rule knows, and nodes that cannot be rewritten: all of them at once. */
function refuseUnknown(model: OnnxModel): void {
  const unknown = model.graph.nodes
    .filter((node) => !node.is("Constant") && (node.domain !== "" || (ruleFor(node.opType) === undefined && !canLower(model.graph, node))))
    .map((node): Unsupported => {
      const kind = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
      return {
        name: nameOf(node),
        kind,
        reason: "it has no counterpart in TFLite here. Replace it in the model, or choose ONNX for this device.",
      };
    });
  const refused = [...unknown, ...refusedLowerings(model)];
  if (refused.length > 0) throw unsupportedError([...refused, ...refusals(new Emitter(model, { halfWeights: false, integerIo: false }))]);
}

function refusals(emitter: Emitter): readonly Unsupported[] {
  return emitter.graph.nodes.flatMap((node) => {
    const reason = ruleFor(node.opType)?.refuse?.(emitter, node) ?? null;
    return reason === null ? [] : [{ name: nameOf(node), kind: node.opType, reason }];
  });
}

function writeInput(emitter: Emitter, input: string, options: WriteTfliteOptions): number {
  const shape = emitter.shapeOf(input);
  const perm = options.io === "as-is" ? identity(shape.length) : inputLayout(emitter.graph, input, shape.length);
  return emitter.define(input, perm, options.precision === "int8" ? wantedQuant(emitter, input) : null);
}

/** The tensor of an output, in float or as integers, in ONNX's axes' order or as an image; a tensor of its own, with the output's name. */
function writeOutput(emitter: Emitter, output: string, options: WriteTfliteOptions, inputs: readonly number[]): readonly [number, Perm] {
  const held = emitter.held(output);
  const keeps = isIdentity(held.perm) || (options.io !== "as-is" && held.perm.length === 4 && samePerm(held.perm, channelsLast(4)));
  const perm = keeps ? held.perm : identity(held.perm.length);
  const integers = held.quant !== null && options.precision === "int8";
  const tensor = integers ? emitter.read(output, perm) : emitter.readFloat(output, perm);
  const described = emitter.describe(tensor);
  if (!inputs.includes(tensor) && described.content === null && emitter.claimName(tensor, output, inputs)) return [tensor, perm];
  const copy = emitter.tensor(output, described.shape, described.type, described.quant);
  emitter.claimName(copy, output, inputs);
  emitter.reshape(tensor, described.shape, copy);
  return [copy, perm];
}

interface FileFacts {
  readonly description: TfliteDescription | null;
  readonly inputPerms: readonly Perm[];
  readonly outputPerms: readonly Perm[];
  readonly floatNodes: readonly string[];
  readonly notes: readonly string[];
}

function describeFile(model: OnnxModel, target: TargetModel, facts: FileFacts): WrittenTflite {
  const { description } = facts;
  const [inputNames, outputNames] = [model.graph.inputs, model.graph.outputs];
  const texts: FileTexts = {
    description: description?.description ?? description?.name ?? model.graph.name,
    metadata: description === null ? {} : { TFLITE_METADATA: encodeMetadata(description, inputNames, outputNames) },
    inputNames,
    outputNames,
  };
  const operators: Record<string, number> = {};
  for (const { builtin } of target.operators) operators[builtin] = (operators[builtin] ?? 0) + 1;
  const describe = (names: readonly string[], indices: readonly number[], perms: readonly Perm[]): WrittenTensor[] =>
    indices.map((index, place) => {
      const tensor = target.tensors[index];
      const type = Object.entries(TensorType).find(([, value]) => value === tensor?.type)?.[0] as keyof typeof TensorType | undefined;
      return {
        name: names[place] ?? "",
        shape: tensor?.shape ?? [],
        perm: perms[place] ?? [],
        type: type ?? "FLOAT32",
        scale: tensor?.quant?.scales[0] ?? null,
        zeroPoint: tensor?.quant?.zeroPoints[0] ?? null,
      };
    });
  return {
    bytes: appendLabels(encodeTarget(target, texts), description?.labels),
    inputs: describe(model.graph.inputs, target.inputs, facts.inputPerms),
    outputs: describe(model.graph.outputs, target.outputs, facts.outputPerms),
    operators,
    floatNodes: facts.floatNodes,
    notes: facts.notes,
  };
}
