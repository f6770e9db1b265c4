import { floatAttribute, intAttribute } from "../../graph/node.ts";
import type { Plant } from "./generate-model.ts";
import { clipped } from "./random-steps.ts";
import type { Sketch, Value } from "./sketch.ts";

/** Multiplies the factors in a random order and association. */
function product(sketch: Sketch, factors: readonly (Value | null)[]): Value | null {
  const left = sketch.random.shuffled(factors);
  while (left.length > 1) {
    const [a = null, b = null] = left.splice(sketch.random.int(0, left.length - 2), 2);
    const made = a === null || b === null ? null : sketch.one("Mul", [a, b]);
    if (made === null) return null;
    left.splice(sketch.random.int(0, left.length), 0, made);
  }
  return left[0] ?? null;
}

/** Almost always the right constant. */
function about(sketch: Sketch, value: number): Value {
  return sketch.scalar(sketch.random.chance(0.92) ? value : value * 1.1);
}

/** A second reader of a value in between: then it must not be fused away. */
function peek(sketch: Sketch, value: Value | null): Value | null {
  if (value !== null && sketch.random.chance(0.06)) sketch.one("Tanh", [value]);
  return value;
}

const finish = (sketch: Sketch, value: Value | null): void => {
  if (value !== null && sketch.random.chance(0.5)) sketch.one("Relu", [value]);
};

export const sigmoids: Plant = (sketch) => {
  const data = sketch.any();
  const negated = data === null ? null : sketch.one("Neg", [data]);
  const power = negated === null ? null : peek(sketch, sketch.one("Exp", [negated]));
  const below = power === null ? null : sketch.one("Add", sketch.random.shuffled([power, about(sketch, 1)]));
  if (data === null || below === null) return;
  const made = sketch.random.pick<() => Value | null>([
    () => sketch.one("Reciprocal", [below]),
    () => sketch.one("Div", [about(sketch, 1), below]),
    () => sketch.one("Div", [data, below]),
  ])();
  finish(sketch, made);
};

export const hardSwishes: Plant = (sketch) => {
  const data = sketch.any();
  if (data === null) return;
  if (sketch.random.chance(0.3)) {
    const alpha = sketch.random.chance(0.9) ? 1 / 6 : 0.2;
    const gate = peek(sketch, sketch.one("HardSigmoid", [data], { alpha: floatAttribute(alpha), beta: floatAttribute(0.5) }));
    finish(sketch, product(sketch, [data, gate]));
    return;
  }
  const shifted = sketch.one("Add", sketch.random.shuffled([data, about(sketch, 3)]));
  const gate = shifted === null ? null : peek(sketch, clipped(sketch, shifted, 0, 6));
  if (gate === null) return;
  if (sketch.random.chance(0.5)) {
    finish(sketch, product(sketch, [data, gate, about(sketch, 1 / 6)]));
    return;
  }
  const both = product(sketch, [data, gate]);
  finish(sketch, both === null ? null : sketch.one("Div", [both, about(sketch, 6)]));
};

export const gelus: Plant = (sketch) => {
  const data = sketch.any();
  if (data === null) return;
  const curve = sketch.random.chance(0.5) ? erfOf(sketch, data) : tanhOf(sketch, data);
  const gate = curve === null ? null : peek(sketch, sketch.one("Add", sketch.random.shuffled([curve, about(sketch, 1)])));
  if (gate !== null) finish(sketch, product(sketch, [data, gate, about(sketch, 0.5)]));
};

function erfOf(sketch: Sketch, data: Value): Value | null {
  const argument = sketch.random.chance(0.5)
    ? sketch.one("Div", [data, about(sketch, Math.SQRT2)])
    : sketch.one("Mul", sketch.random.shuffled([data, about(sketch, Math.SQRT1_2)]));
  return argument === null ? null : sketch.one("Erf", [argument]);
}

function tanhOf(sketch: Sketch, data: Value): Value | null {
  const cube = sketch.random.chance(0.5) ? sketch.one("Pow", [data, sketch.scalar(3)]) : product(sketch, [data, data, data]);
  const scaled = cube === null ? null : sketch.one("Mul", sketch.random.shuffled([cube, about(sketch, 0.044715)]));
  const sum = scaled === null ? null : sketch.one("Add", sketch.random.shuffled([data, scaled]));
  const argument = sum === null ? null : sketch.one("Mul", sketch.random.shuffled([sum, about(sketch, Math.sqrt(2 / Math.PI))]));
  return argument === null ? null : sketch.one("Tanh", [argument]);
}

export const layerNorms: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length > 1 && (dims.at(-1) ?? 1) > 1);
  if (data === null) return;
  const { dims } = data.tensor;
  const axes = dims.length > 2 && random.chance(0.3) ? [dims.length - 2, dims.length - 1] : [random.chance(0.9) ? dims.length - 1 : 0];
  const mean = (value: Value): Value | null => sketch.withAxes("ReduceMean", value, axes, 18, { keepdims: intAttribute(1) });
  const center = mean(data);
  const difference = center === null ? null : peek(sketch, sketch.one("Sub", [data, center]));
  if (difference === null) return;
  const square = random.chance(0.5) ? sketch.one("Pow", [difference, sketch.scalar(2)]) : sketch.one("Mul", [difference, difference]);
  const variance = square === null ? null : mean(square);
  const shifted = variance === null ? null : sketch.one("Add", [variance, sketch.scalar(1e-3)]);
  const root = shifted === null ? null : sketch.one("Sqrt", [shifted]);
  if (root === null) return;
  const normalised = random.chance(0.6) ? sketch.one("Div", [difference, root]) : timesInverse(sketch, difference, root);
  finish(
    sketch,
    affine(
      sketch,
      normalised,
      axes.map((axis) => dims[axis] ?? 1),
    ),
  );
};

function timesInverse(sketch: Sketch, difference: Value, root: Value): Value | null {
  const inverse = sketch.one("Reciprocal", [root]);
  return inverse === null ? null : sketch.one("Mul", sketch.random.shuffled([difference, inverse]));
}

function affine(sketch: Sketch, value: Value | null, dims: readonly number[]): Value | null {
  const scaled =
    value === null || sketch.random.chance(0.3) ? value : sketch.one("Mul", sketch.random.shuffled([value, sketch.floats(dims)]));
  return scaled === null || sketch.random.chance(0.3) ? scaled : sketch.one("Add", sketch.random.shuffled([scaled, sketch.floats(dims)]));
}
