import { DataType, type Dim, type GraphBuilder, type Tensor, tensorFromNumbers } from "@flotilla/onnx";
import { convertError } from "../errors.ts";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { OperatorView } from "./operator-view.ts";
import { dequantise, quantise } from "./quantise.ts";
import { onnxType } from "./source/tensor-types.ts";
import type { Quantisation, SourceGraph, SourceModel, SourceOperator, SourceTensor } from "./source/types.ts";
import { permuteTensor } from "./permute-tensor.ts";

/** The ONNX values of one graph's tensors, filled while its operators are converted in order. */
export interface Values {
  /** As TFLite stores them: integers where the tensor is quantised. */
  readonly stored: Map<number, string>;
  /** What quantised tensors stand for. */
  readonly real: Map<number, string>;
  /** What variables hold, by name. */
  readonly variables: Map<string, string>;
  /** Complex tensors: their real and their imaginary part. */
  readonly complex: Map<number, Complex>;
}

export type Complex = readonly [real: string, imaginary: string];

/** Converts the operators of another graph of the model, a loop's or a branch's body, on given inputs. Gives its outputs. */
export type ConvertGraph = (graph: number, builder: GraphBuilder, inputs: readonly string[]) => readonly string[];

interface EmitterInit {
  readonly model: SourceModel;
  readonly graph: SourceGraph;
  readonly operator: SourceOperator;
  readonly builder: GraphBuilder;
  readonly values: Values;
  readonly convertGraph: ConvertGraph;
}

/**
 * What a rule writes nodes with. A quantised tensor exists twice: as stored integers, and as the reals that a DequantizeLinear makes of them.
 * Rules that calculate use `real` and `setReal`, so that every quantised operator becomes DequantizeLinear → operator → QuantizeLinear, which
 * runtimes fuse; rules that only move elements use `stored` and `setStored`.
 */
export class Emitter extends OperatorView {
  readonly b: GraphBuilder;
  readonly convertGraph: ConvertGraph;
  readonly #values: Values;

  readonly #init: EmitterInit;

  constructor(init: EmitterInit) {
    super(init.model, init.graph, init.operator);
    this.#init = init;
    this.b = init.builder;
    this.convertGraph = init.convertGraph;
    this.#values = init.values;
  }

  /** What variables hold where this operator runs. */
  get variables(): Map<string, string> {
    return this.#values.variables;
  }

  /** Writes for another operator of the same graph, as if it stood here. */
  as(operator: SourceOperator): Emitter {
    return new Emitter({ ...this.#init, operator });
  }

  /** Input `index` as stored. */
  stored(index: number): string {
    const tensor = this.need(index);
    const known = this.#values.stored.get(tensor.index);
    if (known !== undefined) return known;
    if (tensor.data === null)
      throw convertError(
        "INVALID_GRAPH",
        `${this.operator.kind} ${JSON.stringify(this.label)} reads ${JSON.stringify(tensor.name)}, which nothing has computed yet.`,
      );
    const value = this.b.constant(this.tensor(tensor), "c");
    this.#values.stored.set(tensor.index, value);
    return value;
  }

  /** Input `index` as real numbers: dequantised where it is quantised. */
  real(index: number): string {
    const tensor = this.need(index);
    if (tensor.quantisation === null) return this.stored(index);
    const known = this.#values.real.get(tensor.index);
    if (known !== undefined) return known;
    const value = this.dequantise(this.stored(index), tensor.quantisation, tensor.type, tensor.quantisation.axis);
    this.#values.real.set(tensor.index, value);
    return value;
  }

  /**
   * Input `index` with its axes in another order, then without those of `dropped`, which have one place. The integers are moved, not the reals: runtimes fuse
   * a DequantizeLinear with what reads it.
   */
  permuted(index: number, perm: readonly number[], dropped: readonly number[] = []): string {
    const tensor = this.need(index);
    const moved =
      tensor.data === null
        ? this.#transposed(index, perm, dropped)
        : this.b.constant(permuteTensor(this.tensor(tensor), perm, dropped), "w");
    if (tensor.quantisation === null) return moved;
    return this.dequantise(moved, tensor.quantisation, tensor.type, perm.indexOf(tensor.quantisation.axis));
  }

  #transposed(index: number, perm: readonly number[], dropped: readonly number[]): string {
    const value = this.b.op("Transpose", [this.stored(index)], { perm: perm.map(BigInt) });
    return dropped.length === 0 ? value : this.b.op("Squeeze", [value, this.b.ints(dropped)]);
  }

  /** The constant that `tensor` is. */
  tensor({ data, type, shape, name }: SourceTensor): Tensor {
    const dataType = onnxType(type);
    if (dataType === null || data === null) throw convertError("INVALID_GRAPH", `${JSON.stringify(name)} is no constant of numbers.`);
    return { dataType, dims: [...shape], bytes: data };
  }

  /** The parts of the complex input `index`. */
  complex(index: number): Complex {
    const known = this.#values.complex.get(this.need(index).index);
    if (known !== undefined) return known;
    throw convertError(
      "UNSUPPORTED_OPERATOR",
      `${this.operator.kind} ${JSON.stringify(this.label)} reads a complex constant or input of the model.`,
    );
  }

  setComplex(index: number, parts: Complex): void {
    this.#values.complex.set(this.target(index).index, parts);
  }

  /** The ONNX element type of output `index`. */
  typeOf(index: number): number {
    return onnxType(this.target(index).type) ?? DataType.UNDEFINED;
  }

  setStored(index: number, value: string): void {
    if ((this.operator.outputs[index] ?? -1) < 0) return;
    const target = this.target(index);
    this.#declare(value, target);
    this.#values.stored.set(target.index, value);
  }

  /** Sets output `index` from real numbers: quantised where the tensor is. */
  setReal(index: number, value: string): void {
    if ((this.operator.outputs[index] ?? -1) < 0) return;
    const { quantisation, type } = this.target(index);
    this.setStored(index, quantisation === null ? value : this.quantise(value, quantisation, type));
  }

  quantise(value: string, quantisation: Quantisation, type: number): string {
    return quantise(this.b, value, quantisation, type);
  }

  dequantise(value: string, quantisation: Quantisation, type: number, axis: number): string {
    return dequantise(this.b, value, quantisation, type, axis);
  }

  /**
   * Whether output and input mean the same by the same integers, so that elements can be moved without calculating. Runtimes move few things of int16;
   * those are moved as reals.
   */
  sameScale(input: number, output: number): boolean {
    const [from, to] = [this.need(input), this.target(output)];
    if (from.type !== to.type || (from.type === TensorType.INT16 && from.quantisation !== null)) return false;
    const [left, right] = [from.quantisation, to.quantisation];
    if (left === null || right === null) return left === right;
    return (
      left.scale.length === 1 && right.scale.length === 1 && left.scale[0] === right.scale[0] && left.zeroPoint[0] === right.zeroPoint[0]
    );
  }

  /**
   * Lets `move` work on the integers where scales allow, else on reals. Integers that a file gives another scale on the way keep their values, as in TFLite's
   * kernels that copy elements: they do not look at scales.
   */
  move(input: number, output: number, move: (value: string) => string): void {
    if (this.need(input).type === TensorType.COMPLEX64) {
      const [real, imaginary] = this.complex(input);
      this.setComplex(output, [move(real), move(imaginary)]);
    } else if (this.sameScale(input, output)) this.setStored(output, move(this.stored(input)));
    else this.setReal(output, move(this.#relabelled(input, output) ?? this.real(input)));
  }

  /** Input `input` as the reals that its integers would be with the scale of output `output`; null where one of them is no integers of one scale, or of other ones. */
  #relabelled(input: number, output: number): string | null {
    const [from, to] = [this.need(input), this.target(output)];
    const quantisation = to.quantisation;
    if (from.quantisation?.scale.length !== 1 || quantisation?.scale.length !== 1 || storedType(from) !== storedType(to)) return null;
    const zero = (quantisation.zeroPoint[0] ?? 0) - to.origin + from.origin;
    return this.dequantise(this.stored(input), { ...quantisation, zeroPoint: [zero] }, from.type, 0);
  }

  /** Integers of input `index` as an int64 vector, for operators of ONNX that take sizes and axes. */
  indices(index: number): string {
    const constant = this.integers(index);
    if (constant !== null) return this.b.constant(tensorFromNumbers(DataType.INT64, this.need(index).shape, constant), "i");
    return this.cast(this.stored(index), DataType.INT64);
  }

  cast(value: string, dataType: number): string {
    return this.b.type(value).elemType === dataType ? value : this.b.op("Cast", [value], { to: BigInt(dataType) });
  }

  /** A float scalar of the type of `like`. */
  scalar(value: number, like: string): string {
    return this.b.constant(tensorFromNumbers(this.b.type(like).elemType, [], [value]), "c");
  }

  shape(value: string): readonly Dim[] {
    return this.b.shape(value);
  }

  /** How many axes input `index` has, as far as inference knows: files are not always right about computed ones. */
  rankOf(index: number): number {
    return this.rank(this.need(index).type === TensorType.COMPLEX64 ? this.complex(index)[0] : this.stored(index));
  }

  rank(value: string): number {
    return this.b.rank(value);
  }

  /** Inference may know less than the file: where it knows nothing of a size, the file's is taken. */
  #declare(value: string, { type, signature }: SourceTensor): void {
    const known = this.b.type(value);
    const dataType = onnxType(type) ?? known.elemType;
    if (known.shape === null) this.b.graph.types.set(value, { elemType: dataType, shape: signature.map((dim) => (dim < 0 ? null : dim)) });
    else if (known.shape.length === signature.length && known.shape.includes(null))
      this.b.graph.types.set(value, { elemType: dataType, shape: known.shape.map((dim, axis) => dim ?? positive(signature[axis])) });
  }
}

/** The type in the file: int8 was perhaps made uint8. */
function storedType({ type, origin }: SourceTensor): number {
  return origin === 0 ? type : TensorType.INT8;
}

function positive(dim: number | undefined): Dim {
  return dim === undefined || dim < 0 ? null : dim;
}
