import { fromBinary } from "@bufbuild/protobuf";
import { OnnxError } from "../../errors.ts";
import { DataType } from "../../graph/data-types.ts";
import { allGraphs, type OnnxModel } from "../../graph/model.ts";
import { readModel } from "../../graph/read-model.ts";
import { type Tensor, toBigInts, toNumbers } from "../../graph/tensor.ts";
import { tensorFromProto } from "../../graph/tensor-proto.ts";
import type { TensorValueType } from "../../graph/types.ts";
import { inferModel } from "../../infer/infer-model.ts";
import { TensorProtoSchema } from "../../proto/gen/onnx_pb.js";
import { runModel } from "../../reference/run-graph.ts";
import { OPERATOR_FAMILIES } from "../../reference/run-node.ts";
import type { NodeTest } from "./node-test.ts";

export interface Checked {
  readonly family: string;
  /** Null where the interpreter agrees, else how it does not. */
  readonly interpreter: string | null;
  readonly inference: string | null;
}

/** Dropout in training mode draws random numbers: there is nothing to agree with. */
const RANDOM = /^training_dropout(_default)?(_mask)?$/u;

const CONTROL = new Set(["If", "Loop", "Scan"]);

/** The family of the operator that a test is about; null where it uses an operator that is not in our set, or values that are no tensors. */
export function familyOf(test: NodeTest, model: OnnxModel): string | null {
  const operators = allGraphs(model.graph).flatMap((graph) => graph.nodes.map((node) => (node.domain === "" ? node.opType : node.domain)));
  const families = operators.map(
    (operator) =>
      Object.keys(OPERATOR_FAMILIES).find((family) => OPERATOR_FAMILIES[family]?.[operator] !== undefined) ??
      (CONTROL.has(operator) ? "control flow" : null),
  );
  if (families.includes(null) || !tensorsOnly(test, model) || RANDOM.test(test.name)) return null;
  return test.name.endsWith("_expanded")
    ? "functions, expanded"
    : (families.find((family) => family === "control flow") ?? families[0] ?? null);
}

/** Sequences and optionals are not modelled: their values have no tensor type. */
function tensorsOnly(test: NodeTest, model: OnnxModel): boolean {
  const { graph } = model;
  return [...graph.inputs, ...graph.outputs].every((name) => graph.typeOf(name) !== null) && test.inputs.length <= graph.inputs.length;
}

export function readTest(test: NodeTest): OnnxModel | null {
  try {
    return readModel(test.model);
  } catch (error) {
    if (error instanceof OnnxError) return null;
    throw error;
  }
}

export function checkNodeTest(test: NodeTest): Checked | null {
  const model = readTest(test);
  const family = model === null ? null : familyOf(test, model);
  if (model === null || family === null) return null;
  const expected = test.outputs.map((bytes, index) => readTensor(bytes, model.graph.typeOf(model.graph.outputs[index] ?? "")));
  return { family, interpreter: checkInterpreter(test, model, expected), inference: checkInference(test, expected) };
}

/** The data files hold bfloat16 as uint16, as NumPy has no such type: what the graph declares is right. */
function readTensor(bytes: Uint8Array, declared: TensorValueType | null): Tensor {
  const tensor = tensorFromProto(fromBinary(TensorProtoSchema, bytes));
  return declared?.elemType === DataType.BFLOAT16 ? { ...tensor, dataType: DataType.BFLOAT16 } : tensor;
}

function checkInterpreter(test: NodeTest, model: OnnxModel, expected: readonly Tensor[]): string | null {
  const feeds = new Map(model.graph.inputs.map((name, index) => [name, test.inputs[index]] as const));
  const tensors = new Map(
    [...feeds].flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, readTensor(bytes, model.graph.typeOf(name))] as const])),
  );
  try {
    const results = runModel(model, tensors);
    const faults = expected.map((tensor, index) => different(tensor, results[index], toleranceOf(test, tensor)));
    return faults.find((fault) => fault !== null) ?? null;
  } catch (error) {
    if (error instanceof OnnxError) return error.message;
    throw error;
  }
}

/** These hold values that were printed with four digits, or computed with π in float32. ONNX's own runner allows 1e-3 for everything. */
const ROUNDED = /^(gridsample|(hann|hamming|blackman)window)/u;

function toleranceOf(test: NodeTest, tensor: Tensor): number {
  if (tensor.dataType === DataType.FLOAT16 || tensor.dataType === DataType.BFLOAT16) return 1e-2;
  return ROUNDED.test(test.name) ? 1e-3 : 1e-5;
}

function different(expected: Tensor, got: Tensor | undefined, tolerance: number): string | null {
  if (got === undefined) return "an output is missing";
  if (expected.dataType !== got.dataType) return `element type ${got.dataType} instead of ${expected.dataType}`;
  if (expected.dims.join() !== got.dims.join()) return `shape ${got.dims.join("×")} instead of ${expected.dims.join("×")}`;
  if (expected.strings !== undefined) {
    const [wanted, found] = [expected.strings, got.strings ?? []].map((list) => list.map((text) => Buffer.from(text).toString("utf8")));
    return wanted?.join("|") === found?.join("|") ? null : `${found?.join("|")} instead of ${wanted?.join("|")}`;
  }
  if (expected.dataType === DataType.INT64 || expected.dataType === DataType.UINT64)
    return toBigInts(expected).join() === toBigInts(got).join() ? null : "other integers";
  const [wanted, found] = [toNumbers(expected), toNumbers(got)];
  for (const [index, value] of wanted.entries()) {
    const other = found[index] ?? Number.NaN;
    const same = Object.is(value, other) || value === other || (Number.isNaN(value) && Number.isNaN(other));
    if (!same && !(Math.abs(value - other) <= tolerance * Math.max(1, Math.abs(value)))) return `${other} instead of ${value} at ${index}`;
  }
  return null;
}

/**
 * The declared types of the outputs are thrown away and inferred from those of the inputs: an element type must be right, a known size
 * must be right, and every size must be known that the operator's definition determines.
 */
function checkInference(test: NodeTest, expected: readonly Tensor[]): string | null {
  const model = readTest(test);
  if (model === null) return "unreadable";
  const { graph } = model;
  for (const [name] of [...graph.types]) if (!graph.inputs.includes(name)) graph.types.delete(name);
  const names = [...graph.inputs];
  for (const [index, bytes] of test.inputs.entries()) {
    const name = names[index];
    if (name === undefined) continue;
    const tensor = readTensor(bytes, graph.typeOf(name));
    graph.types.set(name, { elemType: tensor.dataType, shape: tensor.dims });
    // Shapes that come as an input are data: as constants they are what exporters write.
    const few = tensor.dims.length === 0 || (tensor.dims.length === 1 && isShapeLike(graph, name));
    if (few && tensor.dataType !== DataType.STRING) {
      graph.constants.set(name, tensor);
      graph.inputs = graph.inputs.filter((input) => input !== name);
    }
  }
  inferModel(model);
  const open = graph.nodes.some((node) => node.is(...DATA_DEPENDENT));
  for (const [index, tensor] of expected.entries()) {
    const fault = wrong(graph.typeOf(graph.outputs[index] ?? ""), tensor, open);
    if (fault !== null) return fault;
  }
  return null;
}

function isShapeLike(graph: OnnxModel["graph"], name: string): boolean {
  return graph.consumersOf(name).every((node) => node.inputs[0] !== name || node.is("ConstantOfShape", "Range"));
}

/** The values of these, not their shapes, say how large a result is: a dimension may stay unknown, but not be wrong. */
const DATA_DEPENDENT = ["NonZero", "NonMaxSuppression", "Loop"];

function wrong(type: TensorValueType | null, tensor: Tensor, open: boolean): string | null {
  if (type === null) return "nothing inferred";
  if (type.elemType !== tensor.dataType) return `element type ${type.elemType} inferred instead of ${tensor.dataType}`;
  if (type.shape === null || type.shape.length !== tensor.dims.length)
    return `shape ${type.shape === null ? "unknown" : type.shape.join("×")} inferred instead of ${tensor.dims.join("×")}`;
  const fault = type.shape.findIndex((dim, axis) => dim !== tensor.dims[axis] && !(open && dim === null));
  return fault < 0 ? null : `axis ${fault} inferred as ${type.shape[fault]} instead of ${tensor.dims[fault]}`;
}
