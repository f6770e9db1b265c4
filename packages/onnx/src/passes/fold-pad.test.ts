import { intAttribute, intsAttribute, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor } from "../graph/tensor.ts";
import { noiseTensor } from "../test-support/build-model.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { foldPad } from "./fold-pad.ts";

const constants = {
  w: noiseTensor([2, 3, 2, 2]),
  around: int64Tensor([0, 0, 1, 0, 0, 0, 1, 2]),
  channels: int64Tensor([0, 1, 0, 0, 0, 0, 0, 0]),
  inward: int64Tensor([0, 0, -1, 0, 0, 0, 0, 0]),
  two: int64Tensor([1, 1, 0, 1]),
  spatial: int64Tensor([2, 3]),
  one: floatTensor([], [1]),
  least: floatTensor([], [-Infinity]),
};
const base = { constants, input: [1, 3, 5, 5] };
const pad = (pads: string, ...more: string[]) => node("Pad", ["x", pads, ...more], "p");
const conv = node("Conv", ["p", "w"], "y");
const kernel = { kernel_shape: intsAttribute([3, 3]) };

describePass(
  foldPad,
  [
    { ...base, name: "into a Conv", nodes: [pad("around"), conv], left: ["Conv"] },
    {
      ...base,
      name: "into a Conv with pads of its own",
      nodes: [pad("around"), node("Conv", ["p", "w"], "y", { pads: intsAttribute([1, 1, 0, 2]) })],
      left: ["Conv"],
    },
    {
      ...base,
      name: "into a Conv without padding (auto_pad VALID)",
      nodes: [pad("around"), node("Conv", ["p", "w"], "y", { auto_pad: stringAttribute("VALID") })],
      left: ["Conv"],
    },
    { ...base, name: "of named axes", opset: 18, nodes: [pad("two", "", "spatial"), conv], left: ["Conv"] },
    {
      ...base,
      name: "into an AveragePool, which counts it",
      nodes: [pad("around"), node("AveragePool", ["p"], "y", kernel)],
      left: ["AveragePool"],
    },
    { ...base, name: "of -∞ into a MaxPool", nodes: [pad("around", "least"), node("MaxPool", ["p"], "y", kernel)], left: ["MaxPool"] },
  ],
  [
    { ...base, name: "of ones", nodes: [pad("around", "one"), conv], left: ["Pad", "Conv"] },
    {
      ...base,
      name: "that mirrors",
      nodes: [{ ...pad("around"), attributes: { mode: stringAttribute("reflect") } }, conv],
      left: ["Pad", "Conv"],
    },
    { ...base, name: "that crops", nodes: [pad("inward"), conv], left: ["Pad", "Conv"] },
    {
      ...base,
      name: "of channels",
      nodes: [pad("channels"), node("Conv", ["p", "wide"], "y")],
      constants: { ...constants, wide: noiseTensor([2, 4, 2, 2]) },
      left: ["Pad", "Conv"],
    },
    {
      ...base,
      name: "before SAME padding",
      nodes: [pad("around"), node("Conv", ["p", "w"], "y", { auto_pad: stringAttribute("SAME_UPPER") })],
      left: ["Pad", "Conv"],
    },
    { ...base, name: "of zeros before a MaxPool", nodes: [pad("around"), node("MaxPool", ["p"], "y", kernel)], left: ["Pad", "MaxPool"] },
    {
      ...base,
      name: "as wide as the pool",
      nodes: [pad("around"), node("AveragePool", ["p"], "y", { kernel_shape: intsAttribute([2, 2]) })],
      left: ["Pad", "AveragePool"],
    },
    {
      ...base,
      name: "before an AveragePool that does not count its own",
      nodes: [pad("around"), node("AveragePool", ["p"], "y", { ...kernel, pads: intsAttribute([1, 0, 0, 0]) })],
      left: ["Pad", "AveragePool"],
    },
    {
      ...base,
      name: "before a pool that rounds up",
      nodes: [pad("around"), node("AveragePool", ["p"], "y", { ...kernel, strides: intsAttribute([2, 2]), ceil_mode: intAttribute(1) })],
      left: ["Pad", "AveragePool"],
    },
  ],
);
