import { DataType, type TensorTypeName, typeName } from "@flotilla/onnx";
import type { Unsupported } from "../errors.ts";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { findUnsupported } from "./check-operators.ts";
import { readCard, type TfliteCard } from "./read-card.ts";
import { TFLITE_OPERATORS } from "./registry.ts";
import { readSource } from "./source/read-source.ts";
import { bitsOf, onnxType } from "./source/tensor-types.ts";
import type { SourceModel, SourceTensor } from "./source/types.ts";

/** What a model calculates with. Of `dynamic-range` only weights are integers. */
export type TfliteNumbers = "float32" | "float16" | "dynamic-range" | "int8" | "uint8" | "int16";

export interface TflitePort {
  readonly name: string;
  readonly type: TensorTypeName;
  /** Null where a size is open. */
  readonly shape: readonly (number | null)[];
}

/** What a TFLite file is and whether it can be converted; nothing is converted for it. */
export interface TfliteInspection {
  readonly numbers: TfliteNumbers;
  readonly inputs: readonly TflitePort[];
  readonly outputs: readonly TflitePort[];
  /** Count per operator, custom ones by their own name. */
  readonly operators: ReadonlyMap<string, number>;
  readonly parameterCount: number;
  readonly weightBytes: number;
  /** Everything that cannot be converted; empty where the conversion can start. */
  readonly unsupported: readonly Unsupported[];
  /** Sentences for a person: what is converted with a reservation, and what of the metadata cannot be read. */
  readonly notes: readonly string[];
  readonly card: TfliteCard;
}

/** @throws FlotillaError INVALID_GRAPH, DIMENSION_OVERFLOW or UNSUPPORTED_FORMAT where the file itself is damaged */
export function inspectTflite(bytes: Uint8Array): TfliteInspection {
  const model = readSource(bytes);
  const operators = new Map<string, number>();
  for (const { kind } of model.graphs.flatMap((graph) => graph.operators)) {
    const name = kind.replace(/^custom:/, "");
    operators.set(name, (operators.get(name) ?? 0) + 1);
  }
  const weights = model.graphs.flatMap(({ tensors }) => tensors.filter(isWeight));
  const [main] = model.graphs;
  const ports = (indices: readonly number[] | undefined): TflitePort[] => (indices ?? []).flatMap((index) => portOf(main?.tensors[index]));
  const card = readCard(bytes, model);
  return {
    numbers: numbersOf(model),
    inputs: ports(main?.inputs),
    outputs: ports(main?.outputs),
    operators,
    parameterCount: weights.reduce((total, { shape }) => total + shape.reduce((count, dim) => count * Math.abs(dim), 1), 0),
    weightBytes: weights.reduce((total, { data }) => total + (data?.byteLength ?? 0), 0),
    unsupported: findUnsupported(model),
    notes: [...reservations(model), ...card.notes],
    card,
  };
}

function portOf(tensor: SourceTensor | undefined): TflitePort[] {
  if (tensor === undefined) return [];
  const type = typeName(onnxType(tensor.type) ?? DataType.UNDEFINED);
  return [
    {
      name: tensor.name,
      type: tensor.type === TensorType.STRING ? "string" : type,
      shape: tensor.signature.map((dim) => (dim < 0 ? null : dim)),
    },
  ];
}

/** Shapes and axes are constants too, but no weights: they are 32- or 64-bit integers without a scale. */
function isWeight({ data, type, quantisation }: SourceTensor): boolean {
  return data !== null && bitsOf(type) !== null && (quantisation !== null || !INDEX_TYPES.has(type));
}

const INDEX_TYPES: ReadonlySet<number> = new Set([
  TensorType.INT32,
  TensorType.INT64,
  TensorType.UINT32,
  TensorType.UINT64,
  TensorType.BOOL,
]);

const INTEGER_NUMBERS: Readonly<Record<number, TfliteNumbers>> = {
  [TensorType.INT16]: "int16",
  [TensorType.UINT8]: "uint8",
  [TensorType.INT8]: "int8",
};

/** By what is computed; where that is float, by the weights. */
function numbersOf({ graphs }: SourceModel): TfliteNumbers {
  const tensors = graphs.flatMap((graph) => graph.tensors);
  const computed = tensors.find(({ data, quantisation, type }) => data === null && quantisation !== null && type in INTEGER_NUMBERS);
  if (computed !== undefined) return INTEGER_NUMBERS[computed.type] ?? "int8";
  const weights = tensors.filter(isWeight);
  if (weights.some(({ quantisation }) => quantisation !== null)) return "dynamic-range";
  return weights.some(({ type }) => type === TensorType.FLOAT16) ? "float16" : "float32";
}

function reservations({ graphs }: SourceModel): string[] {
  const kinds = new Set(graphs.flatMap((graph) => graph.operators.map(({ kind }) => kind)));
  return [...kinds].flatMap((kind) => {
    const limits = TFLITE_OPERATORS[kind]?.limits;
    return limits === undefined ? [] : [`${kind.replace(/^custom:/, "")}: ${limits}`];
  });
}
