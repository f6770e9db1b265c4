import { DataType } from "../../graph/data-types.ts";
import { floatAttribute, intAttribute, intsAttribute, stringAttribute } from "../../graph/node.ts";
import { elementCount, floatTensor, tensorFromNumbers } from "../../graph/tensor.ts";
import { addIf } from "./bodies.ts";
import type { Plant } from "./generate-model.ts";
import {
  binary,
  clipped,
  conv,
  convolution,
  padded,
  permutation,
  refactor,
  reshape,
  someAxes,
  type Step,
  STEPS,
  unary,
} from "./random-steps.ts";
import type { Sketch, Value } from "./sketch.ts";

const thenUnary = (sketch: Sketch, value: Value | null): void => {
  if (value !== null && sketch.random.chance(0.7)) sketch.one(sketch.random.pick(["Relu", "Tanh"]), [value]);
};

export const identities: Plant = (sketch) => {
  const data = sketch.any();
  if (data === null) return;
  const { dims } = data.tensor;
  const { random } = sketch;
  const made = random.pick<() => Value | null>([
    () => sketch.one("Identity", [data]),
    () => sketch.one("Dropout", [data]),
    () => sketch.one("Cast", [data], { to: intAttribute(DataType.FLOAT) }),
    () => sketch.one("Reshape", [data, sketch.ints(dims)]),
    () => sketch.one("Transpose", [data], { perm: intsAttribute([...dims.keys()]) }),
    () =>
      padded(
        sketch,
        data,
        [...dims, ...dims].map(() => (random.chance(0.05) ? 1 : 0)),
      ),
    () => sketch.one("Add", [data, zeros(sketch, someAxes(dims, random))]),
    () => sketch.one(random.pick(["Mul", "Div", "Pow"]), [data, sketch.scalar(random.chance(0.2) ? 0.5 : 1)]),
    () => sketch.one("Mul", [data, sketch.constant(floatTensor([1, ...dims], new Float32Array(elementCount(dims)).fill(1)))]),
    () => sketch.one("Expand", [data, sketch.ints(dims.map((dim) => (random.chance(0.5) ? 1 : dim)))]),
    () => sketch.one("Tile", [data, sketch.ints(dims.map(() => (random.chance(0.05) ? 2 : 1)))]),
    () => sketch.one("Concat", [data], { axis: intAttribute(0) }),
    () => sketch.one(random.pick(["Sum", "Mean", "Max"]), [data]),
    () => clipped(sketch, data, -Infinity, random.chance(0.8) ? Infinity : 0.5),
    () => twice(sketch, data, random.pick(["Relu", "Abs", "Ceil", "Sign"])),
  ])();
  thenUnary(sketch, made);
};

function zeros(sketch: Sketch, dims: readonly number[]): Value {
  return sketch.constant(floatTensor(dims, new Float32Array(elementCount(dims))));
}

function twice(sketch: Sketch, data: Value, opType: string): Value | null {
  const first = sketch.one(opType, [data]);
  return first === null ? null : sketch.one(opType, [first]);
}

export const casts: Plant = (sketch) => {
  const data = sketch.any();
  const middle = sketch.random.pick([DataType.DOUBLE, DataType.DOUBLE, DataType.FLOAT16, DataType.INT32]);
  const first = data === null ? null : sketch.one("Cast", [data], { to: intAttribute(middle) });
  const last =
    first === null ? null : sketch.one("Cast", [first], { to: intAttribute(sketch.random.chance(0.7) ? DataType.FLOAT : DataType.INT64) });
  const back = last?.tensor.dataType === DataType.INT64 ? sketch.one("Cast", [last], { to: intAttribute(DataType.FLOAT) }) : last;
  thenUnary(sketch, back);
};

/** Work on constants only, joined with the data at the end. */
export const constants: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any();
  if (data === null) return;
  const inner = sketch.floats(random.chance(0.5) ? data.tensor.dims : [1, 2, 3]);
  const step = random.pick<(value: Value) => Value | null>([
    (value) => sketch.one(random.pick(["Exp", "Neg", "Sigmoid", "Softplus"]), [value]),
    (value) => sketch.one("Add", [value, sketch.scalar(2)]),
    (value) => sketch.one("Reshape", [value, sketch.ints(refactor(elementCount(value.tensor.dims), random))]),
    (value) => sketch.one("Transpose", [value]),
    (value) => sketch.one("Softmax", [value], { axis: intAttribute(0) }),
    (value) => sketch.one("Where", [sketch.constant(tensorFromNumbers(DataType.BOOL, [], [1])), value, sketch.scalar(0)]),
    (value) => sketch.withAxes("ReduceSum", value, [0], 13),
  ]);
  const first = step(inner);
  const made = first === null ? null : random.chance(0.5) ? sketch.one("Tanh", [first]) : first;
  const total = made === null ? null : sketch.withAxes("ReduceSum", made, [...made.tensor.dims.keys()], 13, { keepdims: intAttribute(0) });
  if (total !== null) sketch.one("Add", [data, total]);
};

export const constantBranches: Plant = (sketch) => {
  const made = addIf(
    sketch,
    (body) => {
      for (let count = body.random.int(1, 3); count > 0; count -= 1) body.random.pick([...STEPS, unary, binary])(body);
      if (body.random.chance(0.2)) addIf(body, (inner) => unary(inner), true);
    },
    sketch.random.chance(0.85),
  );
  thenUnary(sketch, made);
};

export const shapeArithmetic: Plant = (sketch) => {
  const data = sketch.any((dims) => dims.length > 1);
  const shape = data === null ? null : sketch.one("Shape", [data]);
  if (data === null || shape === null) return;
  const first = sketch.one("Gather", [shape, sketch.ints([0])], { axis: intAttribute(0) });
  const rest = elementCount(data.tensor.dims.slice(1));
  const target =
    first === null ? null : sketch.one("Concat", [first, sketch.ints([sketch.random.chance(0.5) ? -1 : rest])], { axis: intAttribute(0) });
  if (target !== null) thenUnary(sketch, sketch.one("Reshape", [data, target]));
};

/** The same thing twice. */
export const repetitions: Plant = (sketch) => {
  const data = sketch.any();
  if (data === null) return;
  const other = sketch.floats(someAxes(data.tensor.dims, sketch.random));
  const make = sketch.random.pick<() => Value | null>([
    () => sketch.one("Sigmoid", [data]),
    () => sketch.one("Add", sketch.random.shuffled([data, other])),
    () => sketch.one("Sub", sketch.random.shuffled([data, other])),
    () => sketch.one("LeakyRelu", [data], { alpha: floatAttribute(sketch.random.pick([0.1, 0.2])) }),
  ]);
  const [left, right] = [make(), make()];
  if (left !== null && right !== null) sketch.one("Mul", [left, right]);
};

export const flatTransposes: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length > 0);
  const wide = data === null ? null : sketch.withAxes("Unsqueeze", data, [random.int(0, data.tensor.dims.length)], 13);
  if (wide === null) return;
  const dims = wide.tensor.dims;
  const ones = dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  const order = [...dims.keys()].filter((axis) => dims[axis] !== 1);
  for (const axis of ones) order.splice(random.int(0, order.length), 0, axis);
  thenUnary(
    sketch,
    sketch.one("Transpose", [wide], { perm: intsAttribute(random.chance(0.8) ? order : permutation(dims.length, random)) }),
  );
};

export const shapeNodes: Plant = (sketch) => {
  const data = sketch.any((dims) => dims.length > 1);
  if (data === null) return;
  const { random } = sketch;
  if (random.chance(0.5)) {
    const rank = data.tensor.dims.length;
    const first = sketch.one("Transpose", [data], random.chance(0.2) ? {} : { perm: intsAttribute(permutation(rank, random)) });
    if (first !== null) thenUnary(sketch, sketch.one("Transpose", [first], { perm: intsAttribute(permutation(rank, random)) }));
    return;
  }
  const first = random.chance(0.5)
    ? sketch.one("Flatten", [data], { axis: intAttribute(random.int(0, data.tensor.dims.length)) })
    : reshape(sketch);
  if (first === null) return;
  const dims = refactor(elementCount(first.tensor.dims), random);
  const copied = dims.findIndex((dim, axis) => dim === first.tensor.dims[axis]);
  const target = dims.map((dim, axis) => (axis === copied && random.chance(0.3) ? 0 : dim));
  thenUnary(sketch, sketch.one("Reshape", [first, sketch.ints(target)]));
};

/** A Transpose, work that does not mind, and mostly the Transpose back. */
export const transposeRegions: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length > 1);
  if (data === null) return;
  const rank = data.tensor.dims.length;
  const perm = permutation(rank, random);
  const turn = (value: Value): Value | null => sketch.one("Transpose", [value], { perm: intsAttribute(perm) });
  let value = turn(data);
  for (let count = random.int(1, 4); count > 0 && value !== null; count -= 1) value = regionStep(sketch, value, data, turn) ?? value;
  if (value === null) return;
  if (random.chance(0.15)) sketch.one("Tanh", [value]);
  const back = perm.map((_, axis) => perm.indexOf(axis));
  const result = sketch.one("Transpose", [value], { perm: intsAttribute(random.chance(0.8) ? back : permutation(rank, random)) });
  thenUnary(sketch, result);
};

function regionStep(sketch: Sketch, value: Value, data: Value, turn: (value: Value) => Value | null): Value | null {
  const { random } = sketch;
  const { dims } = value.tensor;
  const axis = random.int(0, dims.length - 1);
  return random.pick<() => Value | null>([
    () => sketch.one(random.pick(["Relu", "Sigmoid", "Neg"]), [value]),
    () => sketch.one(random.pick(["Add", "Mul"]), random.shuffled([value, sketch.floats(someAxes(dims, random))])),
    () => clipped(sketch, value, -1, 1),
    () =>
      padded(
        sketch,
        value,
        [...dims, ...dims].map(() => random.int(0, 1)),
      ),
    () => sketch.one("Softmax", [value], { axis: intAttribute(axis) }),
    () => sketch.one("Concat", [value, sketch.floats(dims)], { axis: intAttribute(axis) }),
    () => {
      const other = turn(data);
      return other === null ? null : sketch.one("Add", [value, other]);
    },
  ])();
}

function asPlane(sketch: Sketch): Value | null {
  const data = sketch.any();
  return data === null ? null : sketch.one("Reshape", [data, sketch.ints([1, 1, -1])]);
}

/** Padding in front of a Conv or pool, sometimes of the wrong axes or with the wrong filler. */
export const pads: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length === 4 || dims.length === 3) ?? asPlane(sketch);
  if (data === null) return;
  const { dims } = data.tensor;
  const amounts = [...dims, ...dims].map((_, index) => (index % dims.length < 2 ? Number(random.chance(0.02)) : random.int(0, 2)));
  const filler = random.chance(0.08) ? 1 : 0;
  const wide = padded(sketch, data, amounts, filler, random.chance(0.05) ? "edge" : "constant");
  if (wide === null) return;
  const kernel = { kernel_shape: intsAttribute(dims.slice(2).map((dim) => random.int(1, Math.min(2, dim)))) };
  const made = random.pick<() => Value | null>([
    () => convolution(sketch, wide),
    () => convolution(sketch, wide),
    () => convolution(sketch, wide),
    () => convolution(sketch, wide, { auto_pad: stringAttribute(random.pick(["SAME_UPPER", "VALID"])) }),
    () => sketch.one("AveragePool", [wide], { ...kernel, ceil_mode: intAttribute(Number(random.chance(0.2))) }),
    () => sketch.one("MaxPool", [wide], kernel),
  ])();
  thenUnary(sketch, made);
};

export const batchNorms: Plant = (sketch) => {
  const layer = layerOf(sketch);
  if (layer === null) return;
  const channels = layer.tensor.dims[1] ?? 1;
  const positive = (): Value =>
    sketch.constant(
      floatTensor(
        [channels],
        sketch.random.floats(channels).map((value) => Math.abs(value) + 0.3),
      ),
    );
  const made = sketch.one("BatchNormalization", [layer, positive(), sketch.floats([channels]), sketch.floats([channels]), positive()]);
  if (sketch.random.chance(0.1)) sketch.one("Tanh", [layer]);
  thenUnary(sketch, made);
};

/** A Conv, ConvTranspose or Gemm with constant weights. */
function layerOf(sketch: Sketch): Value | null {
  const { random } = sketch;
  if (random.chance(0.4)) return conv(sketch);
  const data = sketch.any((dims) => dims.length === 2 || dims.length === 4);
  if (data === null) return null;
  const [, inner = 1] = data.tensor.dims;
  const outer = random.int(1, 4);
  if (data.tensor.dims.length === 4) {
    const weight = sketch.floats([inner, outer, random.int(1, 2), random.int(1, 2)]);
    return sketch.one("ConvTranspose", random.chance(0.5) ? [data, weight] : [data, weight, sketch.floats([outer])], {
      strides: intsAttribute([random.int(1, 2), 1]),
    });
  }
  const turned = random.chance(0.5);
  const attributes = { transB: intAttribute(Number(turned)), ...(random.chance(0.2) ? { alpha: floatAttribute(0.5) } : {}) };
  return sketch.one("Gemm", [data, sketch.floats(turned ? [outer, inner] : [inner, outer]), sketch.floats([outer])], attributes);
}

export const affines: Plant = (sketch) => {
  const { random } = sketch;
  let value = layerOf(sketch);
  for (let count = random.int(1, 2); count > 0 && value !== null; count -= 1) {
    const { dims } = value.tensor;
    const shape = random.chance(0.8) ? [dims[1] ?? 1, ...dims.slice(2).map(() => 1)] : someAxes(dims, random);
    const constant = sketch.constant(
      floatTensor(
        shape,
        random.floats(elementCount(shape)).map((entry) => (Math.abs(entry) < 0.2 ? 1 : entry)),
      ),
    );
    const opType = random.pick(["Mul", "Add", "Sub", "Div"]);
    value = sketch.one(opType, random.chance(0.7) ? [value, constant] : [constant, value]);
  }
  thenUnary(sketch, value);
};

export const matmulAdds: Plant = (sketch) => {
  const { random } = sketch;
  const flat = random.chance(0.9) ? (sketch.any((dims) => dims.length === 2) ?? flattened(sketch)) : null;
  const data = flat ?? sketch.any((dims) => dims.length > 1);
  if (data === null) return;
  const columns = random.int(1, 4);
  const product = sketch.one("MatMul", [data, sketch.floats([data.tensor.dims.at(-1) ?? 1, columns])]);
  if (product === null) return;
  const bias = sketch.floats(random.pick([[columns], [columns], [1, columns], [], [product.tensor.dims[0] ?? 1, 1]]));
  thenUnary(sketch, sketch.one("Add", random.shuffled([product, bias])));
};

function flattened(sketch: Sketch): Value | null {
  const data = sketch.any();
  return data === null ? null : sketch.one("Flatten", [data]);
}

export const twins: Plant = (sketch) => {
  const data = sketch.any();
  if (data === null) return;
  const tensor = floatTensor([], [sketch.random.pick([0.5, 2])]);
  const [left, right] = [sketch.constant(tensor), sketch.constant(sketch.random.chance(0.9) ? tensor : floatTensor([1], [0.5]))];
  const first = sketch.one("Mul", [data, left]);
  if (first !== null) sketch.one("Add", [first, right]);
};

/** A Concat inside another, mostly along the same axis. */
export const nestedConcats: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length > 1);
  if (data === null) return;
  const rank = data.tensor.dims.length;
  const axis = random.int(0, rank - 1);
  const along = (other: number) => ({ axis: intAttribute(random.chance(0.3) ? other - rank : other) });
  const inner = sketch.one("Concat", [data, data], along(axis));
  if (inner === null) return;
  if (random.chance(0.2)) sketch.one("Sigmoid", [inner]);
  const outer = random.chance(0.8) ? [inner, data] : [inner, inner];
  thenUnary(sketch, sketch.one("Concat", outer, along(random.chance(0.9) || outer[1] === data ? axis : random.int(0, rank - 1))));
};

/** Nothing reads the last of it: `close` makes outputs only of what it is told to. */
export const deadEnds: Plant = (sketch) => {
  const step: Step = sketch.random.pick([unary, binary, reshape]);
  const alive = step(sketch);
  const dead = alive === null ? null : sketch.one("Sigmoid", [alive]);
  if (dead !== null) sketch.values.splice(sketch.values.indexOf(dead), 1);
  if (sketch.random.chance(0.5)) sketch.floats([3]);
};
