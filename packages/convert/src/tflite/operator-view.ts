import { convertError } from "../errors.ts";
import type { FieldType } from "../flatbuffer/layout.ts";
import { type BuiltinOptions, type BuiltinOptions2, TensorType, TFLITE } from "../tflite-schema/gen/tflite.ts";
import type { SourceGraph, SourceModel, SourceOperator, SourceTensor } from "./source/types.ts";

type AnyOptions = BuiltinOptions | BuiltinOptions2;
type OptionsOf<Type extends AnyOptions["type"]> = Extract<AnyOptions, { readonly type: Type }>["value"];

/** One operator as the file has it, with the tensors around it: what a rule may look at before anything is converted. */
export class OperatorView {
  readonly model: SourceModel;
  readonly graph: SourceGraph;
  readonly operator: SourceOperator;

  constructor(model: SourceModel, graph: SourceGraph, operator: SourceOperator) {
    this.model = model;
    this.graph = graph;
    this.operator = operator;
  }

  /** How errors and nodes call the operator, which has no name of its own: by its first output. */
  get label(): string {
    const output = this.graph.tensors[this.operator.outputs[0] ?? -1]?.name ?? this.operator.kind;
    return (output.split(";")[0] ?? "").slice(0, 64);
  }

  /** The tensor of input `index`; null where it is left out. */
  source(index: number): SourceTensor | null {
    return this.graph.tensors[this.operator.inputs[index] ?? -1] ?? null;
  }

  has(index: number): boolean {
    return this.source(index) !== null;
  }

  /** @throws FlotillaError INVALID_GRAPH where the operator needs this input and does not have it */
  need(index: number): SourceTensor {
    const tensor = this.source(index);
    if (tensor !== null) return tensor;
    throw convertError(
      "INVALID_GRAPH",
      `${this.operator.kind} ${JSON.stringify(this.label)} lacks its input ${index}. Export the model again.`,
    );
  }

  /** The constant that input `index` is, perhaps behind a DEQUANTIZE: weights of half precision are written so. Null where there is none. */
  constant(index: number): SourceTensor | null {
    const tensor = this.source(index);
    if (tensor === null || tensor.data !== null) return tensor;
    const before = this.graph.operators.find(
      ({ kind, outputs }) => (kind === "DEQUANTIZE" || kind === "DENSIFY") && outputs[0] === tensor.index,
    );
    if (before === undefined) return null;
    return new OperatorView(this.model, this.graph, before).constant(0);
  }

  target(index: number): SourceTensor {
    const tensor = this.graph.tensors[this.operator.outputs[index] ?? -1];
    if (tensor !== undefined) return tensor;
    throw convertError(
      "INVALID_GRAPH",
      `${this.operator.kind} ${JSON.stringify(this.label)} lacks its output ${index}. Export the model again.`,
    );
  }

  /** The integers of a constant input; null where it is computed or left out. */
  integers(index: number): number[] | null {
    const tensor = this.source(index);
    if (tensor === null || tensor.data === null) return null;
    const copy = tensor.data.slice();
    switch (tensor.type) {
      case TensorType.INT32:
        return [...new Int32Array(copy.buffer)];
      case TensorType.UINT32:
        return [...new Uint32Array(copy.buffer)];
      case TensorType.INT16:
        return [...new Int16Array(copy.buffer)];
      case TensorType.INT8:
        return [...new Int8Array(copy.buffer)];
      case TensorType.UINT8:
      case TensorType.BOOL:
        return [...copy];
      case TensorType.INT64:
        return Array.from(new BigInt64Array(copy.buffer), Number);
      default:
        return null;
    }
  }

  /** The options of this type; all defaults where the file has none. */
  options<Type extends AnyOptions["type"]>(type: Type): OptionsOf<Type> {
    const { options } = this.operator;
    if (options === null) return defaults(type) as OptionsOf<Type>;
    if (options.type !== type)
      throw convertError("INVALID_GRAPH", `${this.operator.kind} ${JSON.stringify(this.label)} has ${options.type} instead of ${type}.`);
    return options.value as OptionsOf<Type>;
  }
}

function defaults(type: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries((TFLITE.tables[type] ?? []).map((field) => [field.name, defaultOf(field.type)]));
}

function defaultOf(type: FieldType): unknown {
  if (type.kind === "scalar") return type.scalar === "bool" ? type.fallback !== 0 : type.fallback;
  return type.kind === "scalars" || type.kind === "strings" || type.kind === "tables" ? [] : null;
}
