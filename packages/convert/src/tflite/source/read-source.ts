import { convertError } from "../../errors.ts";
import { BuiltinOperator, type Model, type SubGraph, type Tensor, TensorType } from "../../tflite-schema/gen/tflite.ts";
import { readModelFile } from "../../tflite-schema/model-file.ts";
import { densify } from "./densify.ts";
import { bitsOf, tensorTypeName } from "./tensor-types.ts";
import type { Quantisation, SourceGraph, SourceModel, SourceOperator, SourceSignature, SourceTensor } from "./types.ts";

const MAX_PORTS = 1000;
/** Converters join the names of all that they fuse, which makes some hundreds of characters. */
const MAX_NAME = 8192;
const OPERATOR_NAMES = new Map<number, string>(Object.entries(BuiltinOperator).map(([name, code]) => [code, name]));
/** No tensor of a model that runs has more elements. */
const MAX_ELEMENTS = 2 ** 31;

/**
 * Reads a TFLite file and checks every index, size and shape in it, so that nothing behind this has to. Constants are views into `bytes`.
 * @throws FlotillaError INVALID_GRAPH, DIMENSION_OVERFLOW or UNSUPPORTED_FORMAT
 */
export function readSource(bytes: Uint8Array): SourceModel {
  const model = readModelFile(bytes);
  if (model.version !== 3)
    throw convertError("UNSUPPORTED_FORMAT", `The file is of version ${model.version} of TFLite's format; version 3 is read.`);
  if (model.subgraphs.length === 0) throw damaged("it has no graph.");
  const graphs = model.subgraphs.map((subgraph, index) => readGraph(bytes, model, subgraph, index));
  return {
    description: model.description ?? "",
    graphs,
    signature: readSignature(model, graphs),
    metadata: model.metadata.map(({ name, buffer }) => ({ name: name ?? "", data: bufferOf(bytes, model, buffer) })),
  };
}

function damaged(what: string): Error {
  return convertError("INVALID_GRAPH", `The TFLite file is damaged: ${what} Export it again, or copy it again from where it came.`);
}

function readGraph(bytes: Uint8Array, model: Model, subgraph: SubGraph, index: number): SourceGraph {
  const tensors = subgraph.tensors.map((tensor, at) => readTensor(bytes, model, tensor, at));
  const name = subgraph.name ?? `subgraph ${index}`;
  const check = (indices: readonly number[], optional: boolean, what: string): readonly number[] => {
    const wrong = indices.find((at) => (at < 0 && !(optional && at === -1)) || at >= tensors.length);
    if (wrong !== undefined) throw damaged(`${what} of ${JSON.stringify(name)} names tensor ${wrong} of ${tensors.length}.`);
    return indices;
  };
  const operators = subgraph.operators.map((operator, at): SourceOperator => {
    const code = model.operatorCodes[operator.opcodeIndex];
    if (code === undefined) throw damaged(`operator ${at} names operator code ${operator.opcodeIndex} of ${model.operatorCodes.length}.`);
    // Codes above 126 do not fit the field that older readers know; it then says 127. Source: TFLite's schema_utils.cc
    const number = Math.max(code.builtinCode, code.deprecatedBuiltinCode);
    return {
      kind: number === BuiltinOperator.CUSTOM ? `custom:${code.customCode ?? ""}` : (OPERATOR_NAMES.get(number) ?? `operator ${number}`),
      version: code.version,
      inputs: check(operator.inputs, true, `an input of operator ${at}`),
      outputs: check(operator.outputs, true, `an output of operator ${at}`),
      intermediates: check(operator.intermediates, true, `an intermediate of operator ${at}`),
      options: operator.builtinOptions ?? operator.builtinOptions2,
      customOptions: operator.customOptions,
    };
  });
  return {
    index,
    name,
    tensors,
    operators,
    inputs: check(few(subgraph.inputs, "inputs"), false, "an input"),
    outputs: check(few(subgraph.outputs, "outputs"), false, "an output"),
  };
}

/** The same tensor, or the same name, may be listed any number of times for four bytes each: a small file must not become a large description. */
function few(ports: readonly number[], what: string): readonly number[] {
  if (ports.length <= MAX_PORTS) return ports;
  throw convertError("TOO_MANY_NODES", `The TFLite file lists ${ports.length} ${what} of a graph; ${MAX_PORTS} is the limit.`);
}

function readTensor(bytes: Uint8Array, model: Model, tensor: Tensor, index: number): SourceTensor {
  const name = tensor.name ?? `tensor ${index}`;
  if (name.length > MAX_NAME) throw damaged(`tensor ${index} has a name of ${name.length} characters.`);
  const { shape } = tensor;
  const signature = tensor.shapeSignature.length === shape.length ? tensor.shapeSignature : shape;
  if (tensor.shapeSignature.length > 0 && tensor.shapeSignature.length !== shape.length)
    throw damaged(`${JSON.stringify(name)} has ${shape.length} axes and a signature of ${tensor.shapeSignature.length}.`);
  if (shape.some((dim) => dim < -1)) throw damaged(`${JSON.stringify(name)} has the shape [${shape.join(", ")}].`);
  const count = shape.reduce((total, dim) => total * Math.abs(dim), 1);
  if (shape.length > 32 || count > MAX_ELEMENTS)
    throw convertError("DIMENSION_OVERFLOW", `${JSON.stringify(name)} has the shape [${shape.join(", ")}], which no runtime can hold.`);
  return {
    index,
    name,
    type: tensor.type,
    shape,
    signature,
    data: readData(bytes, model, tensor, name, count),
    quantisation: readQuantisation(tensor, name),
    origin: 0,
    isVariable: tensor.isVariable,
  };
}

/** Buffer 0 is empty by convention: it means "no constant". */
function readData(bytes: Uint8Array, model: Model, tensor: Tensor, name: string, count: number): Uint8Array | null {
  if (tensor.externalBuffer !== 0)
    throw convertError("UNSUPPORTED_FORMAT", `${JSON.stringify(name)} keeps its values in another file. Export the model as one file.`);
  const data = bufferOf(bytes, model, tensor.buffer);
  if (data.byteLength === 0 || tensor.isVariable || tensor.type === TensorType.STRING) return data.byteLength === 0 ? null : data;
  const bits = bitsOf(tensor.type);
  if (bits === null) return data;
  if (tensor.sparsity !== null) {
    if (bits < 8) throw convertError("UNSUPPORTED_OPERATOR", `${JSON.stringify(name)} is sparse and of ${tensorTypeName(tensor.type)}.`);
    return densify(tensor.sparsity, tensor.shape, data, bits / 8, name);
  }
  const expected = Math.ceil((count * bits) / 8);
  if (data.byteLength !== expected)
    throw damaged(`${JSON.stringify(name)} of shape [${tensor.shape.join(", ")}] takes ${expected} bytes and has ${data.byteLength}.`);
  return data;
}

/** A buffer of a file above 2 GB lies behind the flatbuffer; its table then says where. */
function bufferOf(bytes: Uint8Array, model: Model, index: number): Uint8Array {
  const buffer = model.buffers[index];
  if (buffer === undefined) throw damaged(`something names buffer ${index} of ${model.buffers.length}.`);
  if (buffer.offset <= 1) return buffer.data;
  if (buffer.offset + buffer.size > bytes.byteLength)
    throw damaged(`buffer ${index} ends at byte ${buffer.offset + buffer.size} of ${bytes.byteLength}.`);
  return bytes.subarray(buffer.offset, buffer.offset + buffer.size);
}

function readQuantisation(tensor: Tensor, name: string): Quantisation | null {
  const found = tensor.quantization;
  // Float models of old converters have the scale 0.
  if (found === null || found.scale.every((value) => value === 0)) {
    if (found === null || found.details === null) return null;
    throw convertError(
      "UNSUPPORTED_OPERATOR",
      `${JSON.stringify(name)} is quantised by ${found.details.type}, which is not converted. Quantise the model by tensor or by channel.`,
    );
  }
  const { scale } = found;
  // Real files name the filter's axis for its bias, which has only one.
  const axis = tensor.shape.length === 1 ? 0 : found.quantizedDimension;
  const zeroPoint = found.zeroPoint.length === 0 ? scale.map(() => 0) : found.zeroPoint;
  if (scale.some((value) => !Number.isFinite(value) || value < 0))
    throw damaged(`${JSON.stringify(name)} has a scale that is no positive number.`);
  // One value stands for all channels.
  const points = zeroPoint.length === 1 ? scale.map(() => zeroPoint[0] ?? 0) : zeroPoint;
  if (
    points.length !== scale.length ||
    (scale.length > 1 && (axis < 0 || axis >= tensor.shape.length || tensor.shape[axis] !== scale.length))
  )
    throw damaged(
      `${JSON.stringify(name)} of shape [${tensor.shape.join(", ")}] has ${scale.length} scales and ${zeroPoint.length} zero points along axis ${axis}.`,
    );
  return { scale, zeroPoint: points, axis: scale.length > 1 ? axis : 0 };
}

/** The first signature of the first graph. */
function readSignature(model: Model, graphs: readonly SourceGraph[]): SourceSignature | null {
  const found = model.signatureDefs.find(({ subgraphIndex }) => subgraphIndex === 0);
  const main = graphs[0];
  if (found === undefined || main === undefined) return null;
  const names = (list: typeof found.inputs): ReadonlyMap<number, string> =>
    new Map(list.map(({ name, tensorIndex }) => [tensorIndex, name ?? ""]));
  return { key: found.signatureKey ?? "", inputs: names(found.inputs), outputs: names(found.outputs) };
}
