import { OnnxError } from "../errors.ts";
import { checkTensor } from "./check-tensor.ts";
import { childKind, isStringField, type MessageKind } from "./message-kinds.ts";
import { LENGTH_DELIMITED, VARINT, WireReader } from "./wire-reader.ts";

export interface ModelLimits {
  readonly maxBytes: number;
  readonly maxNodes: number;
  /** Nested protobuf messages; a subgraph costs three (graph, node, attribute). */
  readonly maxDepth: number;
  readonly maxStringBytes: number;
  /** Messages of any other kind: attributes, tensors, value infos, metadata. */
  readonly maxMessages: number;
  /** Bytes in lists of 64-bit varints, which cost 32 times as much once decoded. */
  readonly maxVarintListBytes: number;
}

/** What a model may ask of this process before it is decoded. The byte limit keeps every offset inside one ArrayBuffer. */
export const DEFAULT_LIMITS: ModelLimits = {
  maxBytes: 2 ** 31 - 1,
  maxNodes: 200_000,
  maxDepth: 64,
  maxStringBytes: 1024 * 1024,
  maxMessages: 2_000_000,
  maxVarintListBytes: 32 * 1024 * 1024,
};

export interface ScanResult {
  nodeCount: number;
  messageCount: number;
  deepest: number;
}

interface ScanState extends ScanResult {
  varintListBytes: number;
  readonly limits: ModelLimits;
  readonly allowExternal: boolean;
}

/**
 * Walks the wire format of an ONNX model without decoding it and refuses what would be dangerous or senseless to decode.
 * Linear in the bytes that it reads, constant in memory, stops at the first limit.
 * @throws OnnxError EMPTY_FILE, NOT_A_MODEL, TRUNCATED_FILE, TOO_LARGE, TOO_DEEP, TOO_MANY_NODES, DIMENSION_OVERFLOW, EXTERNAL_DATA_*
 */
export function scanModel(bytes: Uint8Array, options: { limits?: Partial<ModelLimits>; allowExternal?: boolean } = {}): ScanResult {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  if (bytes.length === 0) throw new OnnxError("EMPTY_FILE", "The file is empty (0 bytes). Upload the model file itself.");
  if (bytes.length > limits.maxBytes) {
    throw new OnnxError(
      "TOO_LARGE",
      `The model has ${bytes.length} bytes; at most ${limits.maxBytes} can be read. Reduce the model or split off its weights.`,
    );
  }
  const state: ScanState = {
    nodeCount: 0,
    messageCount: 0,
    deepest: 0,
    varintListBytes: 0,
    limits,
    allowExternal: options.allowExternal ?? false,
  };
  scanTopLevel(bytes, state);
  return { nodeCount: state.nodeCount, messageCount: state.messageCount, deepest: state.deepest };
}

const MODEL_FIELDS = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]);
const MODEL_VARINT_FIELDS = new Set([1, 5]);

/** The top level decides between "not a model" and "a model that was cut off": the first field tells which. */
function scanTopLevel(bytes: Uint8Array, state: ScanState): void {
  const reader = new WireReader(bytes);
  const seen = new Set<number>();
  while (reader.position < bytes.length) {
    readTopLevelField(reader, bytes.length, seen.size === 0);
    const wanted = MODEL_VARINT_FIELDS.has(reader.field) ? VARINT : LENGTH_DELIMITED;
    const plausible =
      MODEL_FIELDS.has(reader.field) &&
      reader.wireType === wanted &&
      !(reader.field === 1 && (reader.varint === 0 || reader.varint > 1000));
    if (!plausible && !seen.has(7)) throw notAModel();
    seen.add(reader.field);
    enterField(reader, "Model", state, 1);
  }
  if (!seen.has(1) && !seen.has(7)) throw notAModel();
  const missing = seen.has(7) ? (seen.has(1) && !seen.has(8) ? "operator set versions" : null) : "graph";
  if (missing !== null) {
    throw new OnnxError(
      "TRUNCATED_FILE",
      `The model ends after ${bytes.length} bytes without its ${missing}. Copy or export it again and upload the whole file.`,
    );
  }
}

function readTopLevelField(reader: WireReader, limit: number, first: boolean): void {
  try {
    reader.next(limit);
  } catch (error) {
    // A first field that claims more bytes than there are is far more often another format than a cut model.
    const cutGraph = first && reader.field === 7 && reader.wireType === LENGTH_DELIMITED;
    if (first && !cutGraph) throw notAModel();
    throw MODEL_FIELDS.has(reader.field) ? error : notAModel();
  }
}

function scanMessage(reader: WireReader, end: number, kind: MessageKind, state: ScanState, depth: number): void {
  if (depth > state.limits.maxDepth) {
    throw new OnnxError(
      "TOO_DEEP",
      `The model nests its subgraphs more than ${Math.floor(state.limits.maxDepth / 3)} levels deep (${state.limits.maxDepth} nested messages). No real model does; flatten it.`,
    );
  }
  if (depth > state.deepest) state.deepest = depth;
  while (reader.position < end) {
    reader.next(end);
    enterField(reader, kind, state, depth);
  }
}

function enterField(reader: WireReader, kind: MessageKind, state: ScanState, depth: number): void {
  if (reader.wireType !== LENGTH_DELIMITED) return;
  const { start, end, field } = reader;
  const child = childKind(kind, field);
  if (child === null) {
    checkBytes(kind, field, end - start, state);
    return;
  }
  count(child, state);
  if (child === "Tensor") checkTensor(reader.bytes, start, end, state.allowExternal);
  if (child === "Shape") checkShape(reader.bytes, start, end);
  if (child === "Leaf" || start === end) return;
  reader.position = start;
  scanMessage(reader, end, child, state, depth + 1);
  reader.position = end;
}

function count(kind: MessageKind, state: ScanState): void {
  if (kind === "Node") {
    state.nodeCount += 1;
    if (state.nodeCount > state.limits.maxNodes) {
      throw new OnnxError(
        "TOO_MANY_NODES",
        `The model has more than ${state.limits.maxNodes.toLocaleString("en")} nodes. Models that people train have thousands; export it without unrolled loops.`,
      );
    }
    return;
  }
  state.messageCount += 1;
  if (state.messageCount > state.limits.maxMessages) {
    throw new OnnxError(
      "TOO_LARGE",
      `The model has more than ${state.limits.maxMessages.toLocaleString("en")} attributes, tensors and value descriptions. Export it again without debug data.`,
    );
  }
}

function checkBytes(kind: MessageKind, field: number, length: number, state: ScanState): void {
  if (length > state.limits.maxStringBytes && isStringField(kind, field)) {
    throw new OnnxError(
      "TOO_LARGE",
      `The model has a name or text of ${length.toLocaleString("en")} bytes; at most ${state.limits.maxStringBytes.toLocaleString("en")} are read. Export it without embedded documents.`,
    );
  }
  const varintList = (kind === "Tensor" && (field === 7 || field === 11)) || (kind === "Attribute" && field === 8);
  if (!varintList) return;
  state.varintListBytes += length;
  if (state.varintListBytes > state.limits.maxVarintListBytes) {
    throw new OnnxError(
      "TOO_LARGE",
      `The model holds more than ${state.limits.maxVarintListBytes.toLocaleString("en")} bytes of integers in list form. Export it with raw tensor data.`,
    );
  }
}

/** A declared shape whose known sizes multiply beyond 2^53. Negative sizes mean "unknown" in old exporters and are let through. */
function checkShape(bytes: Uint8Array, start: number, end: number): void {
  const reader = new WireReader(bytes);
  reader.position = start;
  const dims: number[] = [];
  while (reader.position < end) {
    reader.next(end);
    if (reader.field !== 1 || reader.wireType !== LENGTH_DELIMITED) continue;
    const inner = new WireReader(bytes);
    inner.position = reader.start;
    while (inner.position < reader.end) {
      inner.next(reader.end);
      if (inner.field === 1 && inner.wireType === VARINT && inner.varint < 2 ** 63) dims.push(inner.varint);
    }
  }
  const total = dims.reduce((result, dim) => result * Math.max(1, dim), 1);
  if (total > Number.MAX_SAFE_INTEGER) {
    throw new OnnxError(
      "DIMENSION_OVERFLOW",
      `The model declares a value of ${dims.join(" × ")} elements, which no memory can hold. Export it again with its real sizes.`,
    );
  }
}

function notAModel(): OnnxError {
  return new OnnxError(
    "NOT_A_MODEL",
    "The file is not an ONNX model: its first bytes match no ONNX field. Upload a model that was exported as .onnx.",
  );
}
