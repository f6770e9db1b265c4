import { convertError } from "../../errors.ts";
import type { Argument, CallNode, TensorRef } from "./keras-graph.ts";

/**
 * One entry of `inbound_nodes`, in either form:
 * Keras 1 and 2: `[["layer", node, tensor, {kwargs}], …]`, the kwargs of the first entry count, tensors in them look like an entry;
 * Keras 3: `{"args": […], "kwargs": {…}}` with tensors as `{"class_name": "__keras_tensor__", "config": {"keras_history": […]}}`.
 * Source: keras/src/models/functional.py and legacy/saving/serialization.py
 */
export function readCalls(node: unknown): CallNode {
  if (isRecord(node) && Array.isArray(node["args"])) {
    const kwargs = isRecord(node["kwargs"]) ? node["kwargs"] : {};
    return {
      args: node["args"].map(modernArgument),
      kwargs: new Map(Object.entries(kwargs).map(([name, value]) => [name, modernArgument(value)])),
    };
  }
  const entries = isRecord(node)
    ? Object.values(node)
    : Array.isArray(node)
      ? isEntry(node) || node[0] === "_CONSTANT_VALUE"
        ? [node]
        : node
      : [];
  if (entries.length === 0) throw convertError("INVALID_GRAPH", "A layer of the model is called without inputs. Save the model again.");
  const items = entries.map(oldArgument);
  const [first] = items;
  const given = kwargsOf(entries[0]);
  return {
    args: items.length === 1 && first !== undefined ? [first] : [{ kind: "list", items }],
    kwargs: new Map(Object.entries(given).map(([name, value]) => [name, oldKeyword(value)])),
  };
}

/** `input_layers` and `output_layers`: one reference, a list or a dictionary of them, nested as the model's author liked. */
export function readRefs(value: unknown): TensorRef[] {
  if (isEntry(value)) return [refOf(value)];
  if (Array.isArray(value)) return value.flatMap(readRefs);
  return isRecord(value) ? Object.values(value).flatMap(readRefs) : [];
}

function modernArgument(value: unknown): Argument {
  if (Array.isArray(value)) return { kind: "list", items: value.map(modernArgument) };
  if (!isRecord(value) || value["class_name"] !== "__keras_tensor__") return { kind: "value", value };
  const history = isRecord(value["config"]) ? value["config"]["keras_history"] : null;
  if (isEntry(history)) return { kind: "tensor", ref: refOf(history) };
  throw convertError("INVALID_GRAPH", "A layer of the model reads a tensor without a source. Save the model again.");
}

function oldArgument(value: unknown): Argument {
  if (Array.isArray(value) && value[0] === "_CONSTANT_VALUE") return { kind: "value", value: (value as unknown[])[2] };
  if (isEntry(value)) return { kind: "tensor", ref: refOf(value) };
  if (Array.isArray(value)) return { kind: "list", items: value.map(oldArgument) };
  throw convertError("INVALID_GRAPH", "A layer of the model reads a tensor without a source. Save the model again.");
}

/** A list that looks like an entry is a tensor: settings never look so. A list may hold some among numbers, as the sizes of a shape do. */
function oldKeyword(value: unknown): Argument {
  if (isEntry(value)) return { kind: "tensor", ref: refOf(value) };
  if (Array.isArray(value) && value.some(isEntry)) return { kind: "list", items: value.map(oldKeyword) };
  return { kind: "value", value };
}

function kwargsOf(entry: unknown): Readonly<Record<string, unknown>> {
  const last = Array.isArray(entry) ? (entry as unknown[])[3] : null;
  return isRecord(last) ? last : {};
}

function isEntry(value: unknown): value is readonly [string, number, number, ...unknown[]] {
  return Array.isArray(value) && value.length >= 3 && typeof value[0] === "string" && isIndex(value[1]) && isIndex(value[2]);
}

function isIndex(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function refOf([layer, node, index]: readonly [string, number, number, ...unknown[]]): TensorRef {
  return { layer, node, index };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
