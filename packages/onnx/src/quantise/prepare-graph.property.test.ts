import { test } from "vitest";
import type { OnnxModel } from "../graph/model.ts";
import { floatAttribute, intAttribute } from "../graph/node.ts";
import { inferModel } from "../infer/infer-model.ts";
import type { Pass } from "../passes/pass.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { runPasses } from "../passes/run-passes.ts";
import type { PassCase } from "../test-support/random-graph/check-pass.ts";
import { expectKept } from "../test-support/random-graph/expect-kept.ts";
import type { Plant } from "../test-support/random-graph/generate-model.ts";
import { conv, unary } from "../test-support/random-graph/random-steps.ts";
import type { Sketch, Value } from "../test-support/random-graph/sketch.ts";
import { flattenMatmul } from "./flatten-matmul.ts";
import { lowerActivations } from "./lower-activations.ts";
import { addNegated, multiplyReciprocal, plainGemm, poolMeans } from "./prepare-graph.ts";

const ROUNDED = 1e-5;

/** Sometimes followed by something, so that the result is read on. */
function finish(sketch: Sketch, value: Value | null): void {
  if (value !== null && sketch.random.chance(0.5)) unary(sketch);
}

const withConstant =
  (opType: string): Plant =>
  (sketch) => {
    const data = sketch.any();
    if (data === null) return;
    const { random } = sketch;
    const constant = random.chance(0.5) ? sketch.scalar(random.pick([2, -0.5, 3])) : sketch.floats([data.tensor.dims.at(-1) ?? 1]);
    finish(sketch, sketch.one(opType, random.chance(0.85) ? [data, constant] : [constant, data]));
  };

/** Means over the last two of four axes, or almost that. */
const means: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length === 4) ?? asFour(sketch);
  if (data === null) return;
  const axes = random.chance(0.85)
    ? random.pick([
        [2, 3],
        [-2, -1],
        [3, 2],
      ])
    : random.pick([[1, 2], [3], [1, 2, 3]]);
  finish(sketch, sketch.withAxes("ReduceMean", data, axes, 18, { keepdims: intAttribute(random.int(0, 1)) }));
};

function asFour(sketch: Sketch): Value | null {
  const data = sketch.any();
  return data === null ? null : sketch.one("Reshape", [data, sketch.ints([1, 1, 1, -1])]);
}

/** A Gemm with factors and a bias of one, a row or a vector. */
const gemms: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length === 2) ?? flat(sketch);
  if (data === null) return;
  const [inner, outer] = [data.tensor.dims[1] ?? 1, random.int(1, 4)];
  const turned = random.chance(0.5);
  const weight = sketch.floats(turned ? [outer, inner] : [inner, outer]);
  const bias = random.chance(0.8) ? [sketch.floats(random.pick([[outer], [1, outer], [1], []]))] : [];
  const factors = { alpha: floatAttribute(random.pick([1, 0.5, -2])), beta: floatAttribute(random.pick([1, 0.25])) };
  finish(sketch, sketch.one("Gemm", [data, weight, ...bias], { transB: intAttribute(Number(turned)), ...factors }));
};

function flat(sketch: Sketch): Value | null {
  const data = sketch.any();
  return data === null ? null : sketch.one("Flatten", [data]);
}

/** Biased products of three axes and more. */
const products: Plant = (sketch) => {
  const { random } = sketch;
  const data = sketch.any((dims) => dims.length > 2) ?? asFour(sketch);
  if (data === null) return;
  const columns = random.int(1, 4);
  const product = sketch.one("MatMul", [data, sketch.floats([data.tensor.dims.at(-1) ?? 1, columns])]);
  if (product === null) return;
  const bias = sketch.floats(random.pick([[columns], [columns], [1, columns], [], [product.tensor.dims.at(-2) ?? 1, 1]]));
  finish(sketch, sketch.one("Add", random.shuffled([product, bias])));
};

/** HardSwish and HardSigmoid, mostly behind a convolution. */
const hardActivations: Plant = (sketch) => {
  const { random } = sketch;
  const data = random.chance(0.9) ? conv(sketch) : sketch.any();
  if (data === null) return;
  const slope = { alpha: floatAttribute(random.pick([0.2, 1 / 6, -0.5])), beta: floatAttribute(random.pick([0.5, 0.3])) };
  finish(sketch, random.chance(0.5) ? sketch.one("HardSwish", [data]) : sketch.one("HardSigmoid", [data], slope));
};

function byPass(pass: Pass, plant: Plant): PassCase {
  const change = (model: OnnxModel): boolean => (runPasses(model, [pass, removeDeadCode], { check: true }).fired.get(pass.id) ?? 0) > 0;
  return { id: pass.id, change, plant, tolerance: ROUNDED };
}

const CASES: readonly PassCase[] = [
  byPass(addNegated, withConstant("Sub")),
  byPass(multiplyReciprocal, withConstant("Div")),
  byPass(poolMeans, means),
  byPass(plainGemm, gemms),
  byPass(flattenMatmul, products),
  {
    id: "lower-activations",
    plant: hardActivations,
    tolerance: ROUNDED,
    opsets: [17, 18, 21],
    change: (model) => {
      inferModel(model);
      const before = model.graph.nodes.length;
      lowerActivations(model, {});
      return model.graph.nodes.length > before;
    },
  },
];

test.each(CASES)("on generated graphs the outputs are kept by $id", (given) => expectKept(given));
