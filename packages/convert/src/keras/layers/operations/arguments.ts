import { DataType, elementCount, tensorFromNumbers } from "@flotilla/onnx";
import { type LayerCall, toFloat } from "../layer-call.ts";
import type { LayerKind } from "../layer-kind.ts";

/** The first tensor argument, wherever it stands. */
export function first(call: LayerCall): string {
  return call.inputs[0] ?? [...call.kwargs.keys()].flatMap((name) => call.tensors(-1, name))[0] ?? call.fail("has no input");
}

/** A setting among the arguments, at `position` or under one of `names`, or in the layer's config. */
export function setting(call: LayerCall, position: number, ...names: readonly string[]): unknown {
  for (const name of names) {
    const found = call.plain(position, name) ?? call.config.raw(name);
    if (found !== null && found !== undefined) return found;
  }
  return call.plain(position, "");
}

export function axesOf(call: LayerCall, value: unknown): number[] | null {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (value === null || value === undefined) return null;
  return list.every((axis): axis is number => typeof axis === "number" && Number.isInteger(axis))
    ? list
    : call.fail("has axes that are no whole numbers");
}

/** A value that stands in the file: a number, nested lists of them, or an array of NumPy's or Keras' around them; null where it is none. */
function constantOf(value: unknown): { dims: number[]; numbers: number[] } | null {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return constantOf((value as { config?: { value?: unknown } }).config?.value);
  const dims: number[] = [];
  for (let inner: unknown = value; Array.isArray(inner); inner = (inner as unknown[])[0]) dims.push(inner.length);
  const numbers = (Array.isArray(value) ? value.flat(8) : [value]) as unknown[];
  return dims.length <= 8 && numbers.length === elementCount(dims) && numbers.every((item): item is number => typeof item === "number")
    ? { dims, numbers }
    : null;
}

/** The tensor among the arguments at `position` or under one of `names`, or the numbers there in the type of `like`. */
export function operand(call: LayerCall, position: number, names: readonly string[], like: string | null): string {
  const { b } = call;
  const tensor = [call.args[position], ...names.map((name) => call.kwargs.get(name))].find((argument) => argument?.kind === "tensor");
  if (tensor?.kind === "tensor") return tensor.value;
  const found = constantOf(setting(call, position, ...names)) ?? call.fail("has an operand that is neither a tensor nor a number");
  const whole = found.numbers.every((item) => Number.isInteger(item));
  const elemType = whole && like !== null ? b.type(like).elemType : DataType.FLOAT;
  return b.constant(tensorFromNumbers(elemType, found.dims, found.numbers));
}

/** Two operands, of which one may be a number: it takes the type of the other. */
export function operands(call: LayerCall): [string, string] {
  const { b } = call;
  const [first, second] = [
    ["x1", "x", "a"],
    ["x2", "y", "b"],
  ] as const;
  const other =
    call.tensors(0, "x1")[0] ??
    call.tensors(-1, "x")[0] ??
    call.tensors(1, "x2")[0] ??
    call.tensors(-1, "y")[0] ??
    call.fail("has no input");
  const pair: [string, string] = [operand(call, 0, first, other), operand(call, 1, second, other)];
  return b.type(pair[0]).elemType === b.type(pair[1]).elemType ? pair : [toFloat(b, pair[0]), toFloat(b, pair[1])];
}

export const kinds = (
  table: Readonly<Record<string, readonly string[]>>,
  convert: (call: LayerCall, name: string) => string,
): LayerKind[] => Object.entries(table).map(([name, classes]) => ({ classes, about: name, convert: (call) => convert(call, name) }));

export const single = (classes: readonly string[], about: string, convert: (call: LayerCall) => string | readonly string[]): LayerKind => ({
  classes,
  about,
  convert,
});

/** A word among the arguments, in small letters. */
export function word(call: LayerCall, fallback: string, position: number, ...names: readonly string[]): string {
  const value = setting(call, position, ...names);
  return typeof value === "string" ? value.toLowerCase() : fallback;
}

/** A whole number among the arguments. @throws FlotillaError INVALID_GRAPH where there is none */
export function wholeNumber(call: LayerCall, fallback: number | null, position: number, ...names: readonly string[]): number {
  const value = setting(call, position, ...names) ?? fallback;
  return typeof value === "number" && Number.isInteger(value) ? value : call.fail(`has no whole number as its ${names[0] ?? "setting"}`);
}

/** One axis, counted from the front. */
export function oneAxis(call: LayerCall, x: string, fallback: number, position = 1): number {
  return call.axis(wholeNumber(call, fallback, position, "axis"), call.b.rank(x));
}
