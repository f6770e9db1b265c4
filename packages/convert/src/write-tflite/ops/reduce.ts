import { type Node, toNumbers } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import type { Perm } from "../layout.ts";
import { integerResult, noteFloat, readsIntegers, wantedQuant } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import type { Builtin, Quant } from "../target-model.ts";

interface Reduction {
  readonly builtin: Builtin;
  /** On int8: rescales, keeps the input's scale, or has no kernel. */
  readonly integer: "rescales" | "keeps" | null;
}

const OPERATORS: Readonly<Record<string, Reduction>> = {
  ReduceMean: { builtin: "MEAN", integer: "rescales" },
  ReduceSum: { builtin: "SUM", integer: "rescales" },
  ReduceMax: { builtin: "REDUCE_MAX", integer: "keeps" },
  ReduceMin: { builtin: "REDUCE_MIN", integer: "keeps" },
  ReduceProd: { builtin: "REDUCE_PROD", integer: null },
  GlobalAveragePool: { builtin: "MEAN", integer: "rescales" },
  GlobalMaxPool: { builtin: "REDUCE_MAX", integer: "keeps" },
};

/**
 * Reductions over constant axes, and the global pools, which are reductions over all places.
 *
 * Layout: any; the axes are looked up in it, and what is left keeps its order.
 * Dtype: MEAN and SUM rescale int8, REDUCE_MAX and REDUCE_MIN keep its scale.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/reduce.cc
 */
export const reduce: OperatorRule = {
  operators: Object.keys(OPERATORS),
  builtins: [...new Set(Object.values(OPERATORS).map(({ builtin }) => builtin))],
  integer: true,
  limits: "Axes must be constant.",
  refuse: (emitter, node) => (axesOf(emitter, node) === null ? "its axes are calculated." : null),
  emit: (emitter, node) => {
    const reduction = OPERATORS[node.opType];
    if (reduction === undefined) return;
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const { perm } = emitter.held(input);
    const axes = axesOf(emitter, node) ?? [];
    const keepDims = node.is("GlobalAveragePool", "GlobalMaxPool") || node.int("keepdims", 1) === 1;
    const quant = quantOfResult(emitter, node, reduction, input, output);
    const data = quant === null ? emitter.readFloat(input, perm) : emitter.read(input, perm);
    const target = emitter.define(output, keepDims ? perm : withoutAxes(perm, axes), quant);
    const places = axes.map((axis) => perm.indexOf(axis)).sort((left, right) => left - right);
    if (places.length === 0) emitter.reshape(data, emitter.describe(data).shape, target);
    else
      emitter.add(reduction.builtin, [data, emitter.integers(places, "axes")], [target], { type: "ReducerOptions", value: { keepDims } });
  },
};

function quantOfResult(emitter: Emitter, node: Node, { integer }: Reduction, input: string, output: string): Quant | null {
  if (integer === "rescales") return integerResult(emitter, node, [input], output);
  if (integer === "keeps" && readsIntegers(emitter, [input]) && (wantedQuant(emitter, output) !== null || emitter.options.integerIo))
    return emitter.quantOf(input);
  noteFloat(emitter, node, [input]);
  return null;
}

/** The layout of what is left when `axes` are gone. */
function withoutAxes(perm: Perm, axes: readonly number[]): Perm {
  const kept = perm.filter((axis) => !axes.includes(axis));
  const sorted = [...kept].sort((left, right) => left - right);
  return kept.map((axis) => sorted.indexOf(axis));
}

function axesOf(emitter: Emitter, node: Node): readonly number[] | null {
  const rank = emitter.shapeOf(node.inputs[0] ?? "").length;
  if (node.is("GlobalAveragePool", "GlobalMaxPool")) return Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
  const name = node.inputs[1] ?? "";
  const tensor = name === "" ? null : emitter.graph.constantOf(name);
  if (name !== "" && tensor === null) return null;
  const given = node.ints("axes") ?? (tensor === null ? [] : [...toNumbers(tensor)]);
  if (given.length === 0) return node.int("noop_with_empty_axes", 0) === 1 ? [] : Array.from({ length: rank }, (_, axis) => axis);
  return given.map((axis) => (axis < 0 ? axis + rank : axis));
}
