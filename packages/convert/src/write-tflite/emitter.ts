import { DataType, type Graph, type Node, type OnnxModel, opsetOf, type Tensor } from "@flotilla/onnx";
import { convertError } from "../errors.ts";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { ConstantStore } from "./constant-store.ts";
import { compactTranspose, identity, type Perm, permBetween, physicalShape, sameOrder } from "./layout.ts";
import type { Builtin, Options, Quant, TargetModel, TargetOperator, TargetTensor } from "./target-model.ts";

/** A value of the graph as it exists in the TFLite model. */
export interface Held {
  readonly tensor: number;
  readonly perm: Perm;
  /** Set where the tensor holds integers that stand for the value. */
  readonly quant: Quant | null;
  /** A flattened value whose elements lie in another order: element `i` in memory is element `order[i]` of the row. Only layers with constant weights read it. */
  readonly order?: Int32Array;
}

export interface EmitterOptions {
  readonly halfWeights: boolean;
  /** Inputs, outputs and everything between are integers. */
  readonly integerIo: boolean;
}

/**
 * Builds a TFLite graph while the rules of the operators walk through the ONNX graph. Each value is held in one layout; a reader that needs another one asks for it
 * with `read`, and the transposition is made once. A quantised value is held as integers and is dequantised only for a reader that calculates in float.
 */
export class Emitter {
  readonly graph: Graph;
  readonly opset: number;
  readonly options: EmitterOptions;
  readonly constants: ConstantStore;
  readonly notes = new Set<string>();
  /** Nodes that calculate in float although their data are integers. */
  readonly floatNodes: string[] = [];
  readonly #tensors: TargetTensor[] = [];
  readonly #operators: TargetOperator[] = [];
  readonly #held = new Map<string, Held>();
  readonly #views = new Map<string, number>();
  readonly #names = new Set<string>();
  readonly #done = new Set<Node>();
  /** Tensors that are outputs. */
  readonly #claimed = new Set<number>();
  #origin = "";

  constructor(model: OnnxModel, options: EmitterOptions) {
    this.graph = model.graph;
    this.opset = opsetOf(model);
    this.options = options;
    this.constants = new ConstantStore(model.graph);
  }

  /** Emits a node by its rule, unless a node before it took it in. */
  visit(node: Node, emit: (emitter: Emitter, node: Node) => void): void {
    if (this.#done.has(node)) return;
    this.#origin = node.describe();
    emit(this, node);
  }

  /** Marks a node as taken in by another one. */
  absorb(node: Node): void {
    this.#done.add(node);
  }

  /** @throws FlotillaError INVALID_GRAPH where a size is not known */
  shapeOf(value: string): readonly number[] {
    const shape = this.graph.typeOf(value)?.shape ?? null;
    if (shape === null || !shape.every((dim): dim is number => typeof dim === "number"))
      throw convertError("INVALID_GRAPH", `The shape of ${JSON.stringify(value)} is not known. Give the model fixed input sizes first.`);
    return shape;
  }

  elemTypeOf(value: string): number {
    return this.graph.typeOf(value)?.elemType ?? DataType.FLOAT;
  }

  heldOf(value: string): Held | null {
    return this.#held.get(value) ?? null;
  }

  held(value: string): Held {
    const held = this.#held.get(value) ?? (this.isConstant(value) ? this.#holdConstant(value) : undefined);
    if (held === undefined) throw convertError("INTERNAL", `The value ${JSON.stringify(value)} was read before it was written.`);
    return held;
  }

  isConstant(value: string): boolean {
    return this.constants.find(value) !== null;
  }

  /** The quantisation of a value, a constant or not; null where it is held in float. */
  quantOf(value: string): Quant | null {
    return this.constants.find(value)?.quant ?? this.#held.get(value)?.quant ?? null;
  }

  /** The layout in which a value is held; constants take any, so null. */
  permOf(value: string): Perm | null {
    return this.isConstant(value) ? null : this.held(value).perm;
  }

  /** The tensor of a value in a layout, as it is held: integers where it is quantised. */
  read(value: string, perm: Perm = identity(this.shapeOf(value).length)): number {
    const constant = this.constants.find(value);
    if (constant === null) return this.#view(value, this.held(value), perm);
    const placed = this.constants.place(constant, perm);
    return constant.quant === null ? this.constant(placed, value) : this.integerConstant(placed, constant.quant, value, perm);
  }

  /** The tensor of a value in a layout, in float. */
  readFloat(value: string, perm: Perm = identity(this.shapeOf(value).length)): number {
    const constant = this.constants.find(value);
    if (constant !== null) return this.constant(this.constants.place(this.constants.inFloat(constant), perm), value);
    const held = this.held(value);
    const tensor = this.#view(value, held, perm);
    return held.quant === null ? tensor : this.#once(`${tensor}|float`, () => this.#convert(tensor, null, "DEQUANTIZE"));
  }

  /** The tensor of a value in a layout with exactly this quantisation; a constant in float is quantised. */
  readAs(value: string, quant: Quant, perm: Perm = identity(this.shapeOf(value).length)): number {
    const constant = this.constants.find(value);
    if (constant !== null) {
      const placed = this.constants.place(this.constants.quantise(this.constants.inFloat(constant), quant), perm);
      return this.integerConstant(placed, quant, value, identity(perm.length));
    }
    const tensor = this.read(value, perm);
    const known = this.held(value).quant;
    if (known !== null && sameQuant(known, quant)) return tensor;
    return this.#once(`${tensor}|${quant.scales[0]}|${quant.zeroPoints[0]}`, () => this.#convert(tensor, quant, "QUANTIZE"));
  }

  /** Says that a value is what a tensor holds. */
  hold(value: string, held: Held): void {
    this.#held.set(value, held);
  }

  /** A new tensor for a value in a layout, which the caller writes. */
  define(value: string, perm: Perm, quant: Quant | null = null): number {
    const shape = physicalShape(this.shapeOf(value), perm);
    const tensor = this.tensor(value, shape, quant === null ? this.targetType(value) : TensorType.INT8, quant);
    this.#held.set(value, { tensor, perm, quant });
    return tensor;
  }

  /** A new tensor between two operators of one rule, of the type of `like`. */
  temporary(hint: string, shape: readonly number[], like: number): number {
    const { type, quant } = this.describe(like);
    return this.tensor(hint, shape, type, quant);
  }

  tensor(
    name: string,
    shape: readonly number[],
    type: number,
    quant: Quant | null,
    content: Uint8Array | null = null,
    isVariable = false,
  ): number {
    this.#tensors.push({ name: this.#unique(name), shape, type, quant, content, isVariable });
    return this.#tensors.length - 1;
  }

  /** Gives a tensor the name of the output that it is; false where it is another output already. An input keeps its name, even where it is an output too. */
  claimName(tensor: number, output: string, inputs: readonly number[]): boolean {
    if (this.#claimed.has(tensor)) return false;
    this.#claimed.add(tensor);
    const described = this.describe(tensor);
    const other = this.#tensors.find(({ name }, index) => name === output && !inputs.includes(index));
    if (other !== undefined && other !== described) other.name = this.#unique(`${output}_inner`);
    described.name = output;
    this.#names.add(output);
    return true;
  }

  /** A new tensor of int32 that no value stands for. */
  integerTensor(hint: string, shape: readonly number[]): number {
    return this.tensor(hint, shape, TensorType.INT32, null);
  }

  describe(tensor: number): TargetTensor {
    const found = this.#tensors[tensor];
    if (found === undefined) throw convertError("INTERNAL", `There is no tensor ${tensor}.`);
    return found;
  }

  /** A constant of numbers: 64-bit integers become 32-bit ones, float64 and float16 become float32, or float16 with a DEQUANTIZE behind it. */
  constant(tensor: Tensor, hint: string): number {
    const stored = this.constants.store(tensor, this.options.halfWeights);
    const key = this.constants.keyOf(stored);
    const index = this.#once(key, () => this.tensor(hint, stored.dims, targetType(stored.dataType), null, stored.bytes));
    if (stored.dataType !== DataType.FLOAT16) return index;
    return this.#once(`${index}|float`, () => {
      const output = this.tensor(`${hint}_float`, stored.dims, TensorType.FLOAT32, null);
      this.add("DEQUANTIZE", [index], [output], { type: "DequantizeOptions", value: {} });
      return output;
    });
  }

  /** A constant of int8 or int32; `perm` says where the axis of its scales went. */
  integerConstant(tensor: Tensor, quant: Quant, hint: string, perm: Perm): number {
    const placed = { ...quant, axis: quant.scales.length > 1 ? perm.indexOf(quant.axis) : 0 };
    const key = `${this.constants.keyOf(tensor)}|${placed.scales.join()}|${placed.zeroPoints.join()}|${placed.axis}`;
    return this.#once(key, () => this.tensor(hint, tensor.dims, targetType(tensor.dataType), placed, tensor.bytes));
  }

  /** A small vector of 32-bit integers: axes, sizes, paddings. */
  integers(values: readonly number[], hint = "shape", dims: readonly number[] = [values.length]): number {
    const bytes = new Uint8Array(Int32Array.from(values).buffer);
    return this.constant({ dataType: DataType.INT32, dims, bytes }, hint);
  }

  add(builtin: Builtin, inputs: readonly number[], outputs: readonly number[], options: Options | null): void {
    this.#operators.push({ builtin, inputs, outputs, options, origin: this.#origin });
  }

  /** RESHAPE of a tensor to a shape in memory. */
  reshape(tensor: number, shape: readonly number[], output = this.temporary("reshaped", shape, tensor)): number {
    this.add("RESHAPE", [tensor, this.integers(shape)], [output], { type: "ReshapeOptions", value: { newShape: shape } });
    return output;
  }

  /** TRANSPOSE of a tensor; of more than four axes with as few as move the same data, because runtimes take five, older ones four. */
  transpose(tensor: number, perm: Perm, hint = "transposed"): number {
    const { shape, type, quant } = this.describe(tensor);
    const target = physicalShape(shape, perm);
    const compact = perm.length > 4 ? compactTranspose(shape, perm) : { shape, perm };
    const source = compact.shape.length === shape.length ? tensor : this.reshape(tensor, compact.shape);
    const moved = this.tensor(hint, physicalShape(compact.shape, compact.perm), type, quant);
    this.add("TRANSPOSE", [source, this.integers(compact.perm, "perm")], [moved], { type: "TransposeOptions", value: {} });
    return source === tensor ? moved : this.reshape(moved, target);
  }

  /** The type in which a value is held: float16 and float64 are calculated in float32. */
  targetType(value: string): number {
    const elemType = this.elemTypeOf(value);
    return targetType(elemType === DataType.FLOAT16 ? DataType.FLOAT : elemType);
  }

  finish(inputs: readonly number[], outputs: readonly number[]): TargetModel {
    return { tensors: this.#tensors, operators: this.#operators, inputs, outputs };
  }

  /** A constant that is read as if it were calculated. */
  #holdConstant(value: string): Held {
    const perm = identity(this.shapeOf(value).length);
    const held: Held = { tensor: this.readFloat(value, perm), perm, quant: null };
    this.#held.set(value, held);
    return held;
  }

  #view(value: string, { tensor, perm: from, order }: Held, perm: Perm): number {
    if (order !== undefined)
      throw convertError("INTERNAL", `The value ${JSON.stringify(value)} lies in an order that its reader does not know.`);
    if (from.join() === perm.join()) return tensor;
    const shape = this.shapeOf(value);
    return this.#once(`${tensor}|${perm.join()}`, () => {
      const target = physicalShape(shape, perm);
      if (sameOrder(shape, from, perm)) return this.reshape(tensor, target);
      return this.transpose(tensor, permBetween(from, perm), `${value}_transposed`);
    });
  }

  #convert(tensor: number, quant: Quant | null, builtin: "QUANTIZE" | "DEQUANTIZE"): number {
    const { name, shape } = this.describe(tensor);
    const output = this.tensor(
      `${name}_${quant === null ? "float" : "int8"}`,
      shape,
      quant === null ? TensorType.FLOAT32 : TensorType.INT8,
      quant,
    );
    const type = builtin === "QUANTIZE" ? "QuantizeOptions" : "DequantizeOptions";
    this.add(builtin, [tensor], [output], { type, value: {} });
    return output;
  }

  #once(key: string, make: () => number): number {
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#views.set(key, made);
    return made;
  }

  #unique(name: string): string {
    const base = name === "" ? "value" : name;
    let unique = base;
    for (let count = 1; this.#names.has(unique); count += 1) unique = `${base}_${count}`;
    this.#names.add(unique);
    return unique;
  }
}

export function sameQuant(left: Quant, right: Quant): boolean {
  return left.scales.join() === right.scales.join() && left.zeroPoints.join() === right.zeroPoints.join();
}

/** The schema's number of an element type as it is written; float16 and float64 values are calculated in float32, 64-bit integers in 32 bits. */
export function targetType(dataType: number): number {
  const known = TARGET_TYPES[dataType];
  if (known === undefined) throw convertError("UNSUPPORTED_OPERATOR", `TFLite has no tensors of ONNX's element type ${dataType}.`);
  return known;
}

const TARGET_TYPES: Readonly<Record<number, number>> = {
  [DataType.FLOAT]: TensorType.FLOAT32,
  [DataType.DOUBLE]: TensorType.FLOAT32,
  // Of constants only: see `Emitter.targetType`.
  [DataType.FLOAT16]: TensorType.FLOAT16,
  [DataType.INT8]: TensorType.INT8,
  [DataType.UINT8]: TensorType.UINT8,
  [DataType.INT16]: TensorType.INT16,
  [DataType.INT32]: TensorType.INT32,
  [DataType.INT64]: TensorType.INT32,
  [DataType.UINT32]: TensorType.UINT32,
  [DataType.BOOL]: TensorType.BOOL,
};
