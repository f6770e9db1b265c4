import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runPasses } from "./run-passes.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { bindDimensions } from "./bind-dimensions.ts";
import { cancelTransposes } from "./cancel-transposes.ts";
import { dedupeInitialisers } from "./dedupe-initialisers.ts";
import { flattenConcats } from "./flatten-concats.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldPad } from "./fold-pad.ts";
import { foldShapeArithmetic } from "./fold-shape-arithmetic.ts";
import { fuseMatmulAdd } from "./fuse-matmul-add.ts";
import { inlineConstantBranches } from "./inline-constant-branches.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { mergeCommonSubexpressions } from "./merge-common-subexpressions.ts";
import { mergeShapeNodes } from "./merge-shape-nodes.ts";
import { recogniseGelu } from "./recognise-gelu.ts";
import { recogniseHardSwish } from "./recognise-hard-swish.ts";
import { recogniseLayerNorm } from "./recognise-layer-norm.ts";
import { recogniseSigmoid } from "./recognise-sigmoid.ts";
import { removeDeadCode } from "./remove-dead-code.ts";
import { removeIdentities } from "./remove-identities.ts";
import { removeRedundantCasts } from "./remove-redundant-casts.ts";
import { reshapeTransposes } from "./reshape-transposes.ts";
import { simplify } from "./simplify.ts";
import { upgradeOpset } from "./upgrade-opset.ts";
import type { OnnxModel } from "../graph/model.ts";
import { checkOnce, type PassCase } from "../test-support/random-graph/check-pass.ts";
import { expectKept } from "../test-support/random-graph/expect-kept.ts";
import type { Plant } from "../test-support/random-graph/generate-model.ts";
import * as plants from "../test-support/random-graph/plants.ts";
import { wrapInFunctions } from "../test-support/random-graph/wrap-in-functions.ts";
import * as activations from "../test-support/random-graph/plants-of-activations.ts";

const GRAPHS = 500;

/** Dead code goes with each pass, so that what it leaves behind is gone too. */
function byPass(pass: Pass, plant: Plant, tolerance: number, opsets?: readonly number[]): PassCase {
  const change = (model: OnnxModel): boolean =>
    (runPasses(model, pass === removeDeadCode ? [pass] : [pass, removeDeadCode], { check: true }).fired.get(pass.id) ?? 0) > 0;
  return { id: pass.id, change, plant, tolerance, ...(opsets === undefined ? {} : { opsets }) };
}

const EXACT = 0;
const ROUNDED = 1e-5;

const CASES: readonly PassCase[] = [
  byPass(removeIdentities, plants.identities, EXACT),
  byPass(removeRedundantCasts, plants.casts, EXACT),
  byPass(foldConstants, plants.constants, EXACT),
  byPass(inlineConstantBranches, plants.constantBranches, EXACT),
  byPass(foldShapeArithmetic, plants.shapeArithmetic, EXACT),
  byPass(mergeCommonSubexpressions, plants.repetitions, EXACT),
  byPass(reshapeTransposes, plants.flatTransposes, EXACT),
  byPass(mergeShapeNodes, plants.shapeNodes, EXACT),
  byPass(cancelTransposes, plants.transposeRegions, EXACT),
  byPass(flattenConcats, plants.nestedConcats, EXACT),
  byPass(recogniseSigmoid, activations.sigmoids, ROUNDED),
  byPass(recogniseHardSwish, activations.hardSwishes, ROUNDED, [17, 18, 21]),
  byPass(recogniseGelu, activations.gelus, ROUNDED, [20, 21]),
  byPass(recogniseLayerNorm, activations.layerNorms, ROUNDED, [17, 18, 21]),
  byPass(foldPad, plants.pads, EXACT),
  byPass(foldBatchNorm, plants.batchNorms, ROUNDED),
  byPass(foldAffine, plants.affines, ROUNDED),
  byPass(fuseMatmulAdd, plants.matmulAdds, ROUNDED),
  byPass(dedupeInitialisers, plants.twins, EXACT),
  byPass(removeDeadCode, plants.deadEnds, EXACT),
  {
    id: "upgrade-opset",
    plant: plants.identities,
    tolerance: EXACT,
    opsets: [9, 10, 11, 12, 13, 17],
    change: (model) => upgradeOpset(model, 21).length > 0,
  },
  {
    id: "inline-functions",
    plant: plants.repetitions,
    tolerance: EXACT,
    prepare: wrapInFunctions,
    change: (model) => inlineFunctions(model).length > 0,
  },
  {
    id: "bind-dimensions",
    plant: plants.shapeArithmetic,
    tolerance: EXACT,
    change: (model, { symbols }) => {
      const bound = bindDimensions(model, { symbols }).length > 0;
      runPasses(model, [foldConstants, foldShapeArithmetic, removeDeadCode], { check: true });
      return bound;
    },
  },
  {
    id: "simplify",
    plant: (sketch) => sketch.random.pick([...Object.values(plants), ...Object.values(activations)])(sketch),
    tolerance: ROUNDED,
    change: (model) => simplify(model, { check: true }).fired.size > 0,
  },
];

describe("on generated graphs the outputs are kept by", () => {
  test.each(CASES)("$id", (given) => expectKept(given));
});

describe("a broken pass is found", () => {
  const broken = (id: string, run: Pass["run"]): PassCase => byPass({ id, run }, plants.repetitions, ROUNDED);
  /** What the first graph that shows the fault says. */
  const find = (given: PassCase): string => {
    const property = fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => void checkOnce(given, seed));
    try {
      fc.assert(property, { numRuns: GRAPHS, seed: 4, endOnFailure: true });
    } catch (error) {
      return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
    return "nothing found";
  };

  test("that takes a difference for a sum", () => {
    const given = broken("swap-sub", (graph) =>
      rewriteNodes(graph, (node) => {
        if (!node.is("Sub") || node.name !== "") return false;
        const [left = "", right = ""] = node.inputs;
        graph.replaceNode(node, { opType: "Sub", name: "swapped", inputs: [right, left], outputs: node.outputs });
        return true;
      }),
    );
    expect(find(given)).toMatch(/swap-sub, seed \d+: output \d+ differs/u);
  });

  test("that leaves a value without a producer, by its name", () => {
    const given = broken("drop-sigmoid", (graph) =>
      rewriteNodes(graph, (node) => {
        if (!node.is("Sigmoid")) return false;
        graph.removeNode(node);
        return true;
      }),
    );
    expect(find(given)).toMatch(/The pass drop-sigmoid broke the model/u);
  });
});
