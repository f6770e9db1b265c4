import { describe, expect, test } from "vitest";
import { intAttribute } from "../graph/node.ts";
import { int64Tensor } from "../graph/tensor.ts";
import { buildModel } from "../test-support/build-model.ts";
import { node } from "../test-support/describe-pass.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { bindDimensions } from "./bind-dimensions.ts";
import { simplify } from "./simplify.ts";

/** y = Reshape(x, [first two sizes swapped, 3]) */
function swapping() {
  return buildModel({
    inputs: { x: ["n", "m", 3] },
    constants: { order: int64Tensor([1, 0]), three: int64Tensor([3]) },
    nodes: [
      node("Shape", ["x"], "s"),
      node("Gather", ["s", "order"], "t"),
      node("Concat", ["t", "three"], "u", { axis: intAttribute(0) }),
      node("Reshape", ["x", "u"], "y"),
    ],
  });
}

describe("bind-dimensions", () => {
  test("a bound symbol is a size everywhere, and the clean-up folds what is computed from it", async () => {
    const model = swapping();
    const after = await expectSame(model, (copy) => {
      expect(bindDimensions(copy, { symbols: { n: 2, m: 2 } })).toEqual(["The dimension n is now 2.", "The dimension m is now 2."]);
      simplify(copy, { check: true });
    });
    expect(after.graph.typeOf("x")?.shape).toEqual([2, 2, 3]);
    expect(operators(after)).toEqual(["Reshape"]);
  });

  test("one that is not bound stays", () => {
    const model = swapping();
    bindDimensions(model, { symbols: { n: 5 } });
    expect(model.graph.typeOf("x")?.shape).toEqual([5, "m", 3]);
  });

  test("a whole shape binds the symbols in it", () => {
    const model = swapping();
    bindDimensions(model, { inputs: { x: [2, 4, 3] } });
    expect(model.graph.typeOf("y")?.shape).toEqual([4, 2, 3]);
  });

  test.each([
    [{ symbols: { n: 0 } }, /not a positive whole number/u],
    [{ symbols: { batch: 1 } }, /no dimension "batch"/u],
    [{ inputs: { z: [1] } }, /no input "z"/u],
    [{ inputs: { x: [1, 1, 4] } }, /does not fit/u],
    [{ symbols: { n: 2 }, inputs: { x: [3, 1, 3] } }, /both 2 and 3/u],
  ])("%o is refused", (bindings, message) => {
    expect(() => bindDimensions(swapping(), bindings)).toThrow(message);
  });
});
