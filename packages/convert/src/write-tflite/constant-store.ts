import { createHash } from "node:crypto";
import { DataType, type Graph, type Node, type Tensor, tensorFromNumbers, toBigInts, toNumbers } from "@flotilla/onnx";
import { identity, isIdentity, type Perm, physicalShape } from "./layout.ts";
import type { Quant } from "./target-model.ts";

/** A constant of the graph: numbers, or integers that stand for numbers. */
export interface Constant {
  /** Of int8 or int32 where `quant` is set. */
  readonly tensor: Tensor;
  readonly quant: Quant | null;
}

const INT32_MAX = 2n ** 31n - 1n;

/** The graph's constants in the forms in which TFLite takes them. */
export class ConstantStore {
  readonly #graph: Graph;
  readonly #quantised = new Map<string, Constant | null>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** The constant that a value is: an initialiser, a Constant node, or a DequantizeLinear of one with scales per tensor or per axis. */
  find(value: string): Constant | null {
    if (value === "") return null;
    const tensor = this.#graph.constantOf(value);
    if (tensor !== null) return tensor.strings === undefined ? { tensor, quant: null } : null;
    const known = this.#quantised.get(value);
    if (known !== undefined) return known;
    const found = this.#findQuantised(value);
    this.#quantised.set(value, found);
    return found;
  }

  #findQuantised(value: string): Constant | null {
    const node = this.#graph.producerOf(value);
    if (node?.is("Transpose") === true) return this.#transposed(node);
    if (node?.is("Reshape", "Identity") === true) return this.#reshaped(node, value);
    if (node?.is("DequantizeLinear") !== true || node.int("block_size", 0) !== 0) return null;
    const [data, scales, zeros] = node.inputs.map((input) => this.#graph.constantOf(input));
    if (data === null || data === undefined || scales === null || scales === undefined || ((node.inputs[2] ?? "") !== "" && zeros === null))
      return null;
    const axis = node.int("axis", 1);
    const scaleValues = [...toNumbers(scales)];
    const zeroValues = zeros === null || zeros === undefined ? scaleValues.map(() => 0) : [...toNumbers(zeros)];
    const quant: Quant = { scales: scaleValues, zeroPoints: zeroValues, axis: axis < 0 ? axis + data.dims.length : axis };
    if (data.dataType === DataType.INT8 || data.dataType === DataType.INT32) return { tensor: data, quant };
    if (data.dataType === DataType.UINT8) return shiftToSigned(data, quant);
    // Other integers are unpacked before (fold-weights.ts).
    return null;
  }

  /** Exporters put a Transpose between a quantised weight and its layer. */
  #transposed(node: Node): Constant | null {
    const source = this.find(node.inputs[0] ?? "");
    if (source === null) return null;
    const perm = node.ints("perm") ?? source.tensor.dims.map((_, axis) => source.tensor.dims.length - 1 - axis);
    const { tensor, quant } = source;
    return { tensor: permute(tensor, perm), quant: quant === null ? null : { ...quant, axis: perm.indexOf(quant.axis) } };
  }

  #reshaped(node: Node, value: string): Constant | null {
    const source = this.find(node.inputs[0] ?? "");
    const shape = this.#graph.typeOf(value)?.shape ?? null;
    const dims = shape?.every((dim): dim is number => typeof dim === "number") === true ? shape : null;
    if (source === null || dims === null || (source.quant?.scales.length ?? 1) > 1) return null;
    return { ...source, tensor: { ...source.tensor, dims } };
  }

  /** The constant with its elements in the order of a layout. */
  place({ tensor }: Constant, perm: Perm): Tensor {
    return isIdentity(perm) ? tensor : permute(tensor, perm);
  }

  inFloat(constant: Constant): Constant {
    return constant.quant === null ? constant : { tensor: dequantise(constant.tensor, constant.quant), quant: null };
  }

  /** Quantises a constant in float to int8 with one scale; halves round to even, as QuantizeLinear does. */
  quantise({ tensor }: Constant, quant: Quant): Constant {
    const [scale = 1, zeroPoint = 0] = [quant.scales[0], quant.zeroPoints[0]];
    const values = toNumbers(tensor).map((value) => Math.min(127, Math.max(-128, roundHalfEven(Math.fround(value / scale)) + zeroPoint)));
    return { tensor: tensorFromNumbers(DataType.INT8, tensor.dims, values), quant };
  }

  /** The tensor as it is stored: see `Emitter.constant`. */
  store(tensor: Tensor, halfWeights: boolean): Tensor {
    const { dataType, dims } = tensor;
    if (dataType === DataType.INT64 || dataType === DataType.UINT64) {
      const values = toBigInts(tensor).map((value) =>
        Number(value > INT32_MAX ? INT32_MAX : value < -INT32_MAX - 1n ? -INT32_MAX - 1n : value),
      );
      return tensorFromNumbers(DataType.INT32, dims, values);
    }
    const isFloat = FLOATS.includes(dataType);
    const half = halfWeights && isFloat && dims.reduce((total, dim) => total * dim, 1) >= SMALLEST_HALF;
    if (half) return dataType === DataType.FLOAT16 ? tensor : tensorFromNumbers(DataType.FLOAT16, dims, toNumbers(tensor));
    return isFloat && dataType !== DataType.FLOAT ? tensorFromNumbers(DataType.FLOAT, dims, toNumbers(tensor)) : tensor;
  }

  /** Equal for tensors of the same type, shape and content, so that each is written once. */
  keyOf({ dataType, dims, bytes }: Tensor): string {
    const content = bytes.byteLength <= 32 ? Buffer.from(bytes).toString("hex") : createHash("sha1").update(bytes).digest("hex");
    return `${dataType}:${dims.join("x")}:${content}`;
  }
}

const FLOATS: readonly number[] = [DataType.FLOAT, DataType.FLOAT16, DataType.DOUBLE, DataType.BFLOAT16];
/** Below this a DEQUANTIZE costs more than float16 saves. */
const SMALLEST_HALF = 16;

/** uint8 with zero point z is int8 with zero point z − 128. */
function shiftToSigned(data: Tensor, quant: Quant): Constant {
  const bytes = data.bytes.map((value) => value ^ 0x80);
  return {
    tensor: { ...data, dataType: DataType.INT8, bytes },
    quant: { ...quant, zeroPoints: quant.zeroPoints.map((zero) => zero - 128) },
  };
}

function dequantise(data: Tensor, { scales, zeroPoints, axis }: Quant): Tensor {
  const inner = data.dims.slice(axis + 1).reduce((total, dim) => total * dim, 1);
  const values = toNumbers(data).map((value, index) => {
    const slice = scales.length === 1 ? 0 : Math.floor(index / inner) % scales.length;
    return Math.fround((value - (zeroPoints[slice] ?? 0)) * (scales[slice] ?? 1));
  });
  return tensorFromNumbers(DataType.FLOAT, data.dims, values);
}

/** Copies element by element into the order of `perm`. */
export function permute(tensor: Tensor, perm: Perm): Tensor {
  const dims = physicalShape(tensor.dims, perm);
  const count = dims.reduce((total, dim) => total * dim, 1);
  const width = count === 0 ? 0 : tensor.bytes.byteLength / count;
  const strides = tensor.dims.map((_, axis) => tensor.dims.slice(axis + 1).reduce((total, dim) => total * dim, 1));
  const steps = perm.map((axis) => strides[axis] ?? 0);
  const bytes = new Uint8Array(tensor.bytes.byteLength);
  const [from, to] = wordsOf(tensor.bytes, bytes, width);
  const parts = width === 2 || width === 4 ? 1 : width;
  const position = identity(dims.length).map(() => 0);
  let source = 0;
  for (let target = 0; target < count; target += 1) {
    for (let part = 0; part < parts; part += 1) to[target * parts + part] = from[source * parts + part] ?? 0;
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      position[axis] = (position[axis] ?? 0) + 1;
      source += steps[axis] ?? 0;
      if ((position[axis] ?? 0) < (dims[axis] ?? 1)) break;
      source -= (steps[axis] ?? 0) * (dims[axis] ?? 1);
      position[axis] = 0;
    }
  }
  return { ...tensor, dims, bytes };
}

type Words = Uint8Array | Uint16Array | Uint32Array;

/** Source and target as unsigned integers of `width` bytes where there are such, else as bytes. */
function wordsOf(source: Uint8Array, target: Uint8Array, width: number): readonly [Words, Words] {
  const aligned = source.byteOffset % Math.max(1, width) === 0 ? source : new Uint8Array(source);
  const view = (bytes: Uint8Array): Words => {
    if (width === 4) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    return width === 2 ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2) : bytes;
  };
  return [view(aligned), view(target)];
}

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
