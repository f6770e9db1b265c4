import { intsAttribute, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor } from "../graph/tensor.ts";
import { describePass, node, type PassExample } from "../test-support/describe-pass.ts";
import { removeIdentities } from "./remove-identities.ts";

const constants = {
  axes: int64Tensor([0, 2]),
  zeros: int64Tensor([0, 0]),
  ends: int64Tensor([2n ** 63n - 1n, 4]),
  short: int64Tensor([2n ** 63n - 1n, 3]),
  once: int64Tensor([1, 1, 1]),
  twice: int64Tensor([1, 2, 1]),
  same: int64Tensor([2, 3, 4]),
  ones: floatTensor([3], [1, 1, 1]),
  larger: floatTensor([3], [1, 1, 2]),
  least: floatTensor([], [-Infinity]),
  most: floatTensor([], [Infinity]),
  zero: floatTensor([], [0]),
  one: floatTensor([], [1]),
};
const relu = node("Relu", ["x"], "a");
const example = (name: string, second: PassExample["nodes"][number], left: readonly string[]): PassExample => ({
  name,
  constants,
  nodes: [relu, second],
  left,
});
const gone = (name: string, second: PassExample["nodes"][number]): PassExample => example(name, second, ["Relu"]);
const crop = { coordinate_transformation_mode: stringAttribute("tf_crop_and_resize") };

describePass(
  removeIdentities,
  [
    gone("Slice of everything", node("Slice", ["a", "zeros", "ends", "axes"], "y")),
    gone("Tile once", node("Tile", ["a", "once"], "y")),
    gone("Resize by 1", node("Resize", ["a", "", "ones"], "y")),
    gone("Resize to the same size", node("Resize", ["a", "", "", "same"], "y")),
    gone("Clip without limits", node("Clip", ["a"], "y")),
    gone("Clip to infinities", node("Clip", ["a", "least", "most"], "y")),
    gone("the first power", node("Pow", ["a", "one"], "y")),
    gone("the mean of one", node("Mean", ["a"], "y")),
    gone("a second Relu", node("Relu", ["a"], "y")),
    gone("Expand to the same", node("Expand", ["a", "same"], "y")),
  ],
  [
    example("Slice of a part", node("Slice", ["a", "zeros", "short", "axes"], "y"), ["Relu", "Slice"]),
    example("Tile twice", node("Tile", ["a", "twice"], "y"), ["Relu", "Tile"]),
    example("Resize of one axis", node("Resize", ["a", "", "larger"], "y"), ["Relu", "Resize"]),
    example("Resize that crops", node("Resize", ["a", "roi", "ones"], "y", { ...crop, mode: stringAttribute("linear") }), [
      "Relu",
      "Resize",
    ]),
    example("Clip from 0 on", node("Clip", ["a", "zero"], "y"), ["Relu", "Clip"]),
    example("another operator behind", node("Abs", ["a"], "y"), ["Relu", "Abs"]),
    example("a Transpose", node("Transpose", ["a"], "y", { perm: intsAttribute([0, 2, 1]) }), ["Relu", "Transpose"]),
  ].map((given) => ({ ...given, constants: { ...constants, roi: floatTensor([6], [0, 0, 0, 1, 1, 1]) } })),
);
