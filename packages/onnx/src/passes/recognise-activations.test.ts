import { floatAttribute } from "../graph/node.ts";
import { floatTensor, type Tensor } from "../graph/tensor.ts";
import { describePass, node, type PassExample } from "../test-support/describe-pass.ts";
import { recogniseGelu } from "./recognise-gelu.ts";
import { recogniseHardSwish } from "./recognise-hard-swish.ts";
import { recogniseSigmoid } from "./recognise-sigmoid.ts";

const scalar = (value: number): Tensor => floatTensor([], [value]);
const constants = {
  zero: scalar(0),
  half: scalar(0.5),
  one: scalar(1),
  three: scalar(3),
  six: scalar(6),
  sixth: scalar(1 / 6),
  root: scalar(Math.SQRT2),
  cubic: scalar(0.044715),
  slope: scalar(Math.sqrt(2 / Math.PI)),
  wide: floatTensor([1, 1, 1, 1, 1], [1 / 6]),
};

const swish = (last: PassExample["nodes"], left: readonly string[], name: string, opset = 17): PassExample => ({
  name,
  constants,
  opset,
  nodes: [node("Add", ["x", "three"], "a"), node("Clip", ["a", "zero", "six"], "g"), ...last],
  left,
});
const gate = ["Add", "Clip"];

describePass(
  recogniseHardSwish,
  [
    swish([node("Mul", ["x", "g"], "m"), node("Div", ["m", "six"], "y")], ["HardSwish"], "divided at the end"),
    swish([node("Mul", ["g", "sixth"], "m"), node("Mul", ["m", "x"], "y")], ["HardSwish"], "the gate scaled first"),
    swish([node("Div", ["x", "six"], "m"), node("Mul", ["m", "g"], "y")], ["HardSwish"], "x scaled first"),
    {
      name: "by HardSigmoid",
      nodes: [node("HardSigmoid", ["x"], "g", { alpha: floatAttribute(1 / 6), beta: floatAttribute(0.5) }), node("Mul", ["g", "x"], "y")],
      left: ["HardSwish"],
    },
  ],
  [
    swish([node("Mul", ["x", "g"], "m"), node("Div", ["m", "three"], "y")], [...gate, "Mul", "Div"], "another divisor"),
    swish([node("Mul", ["x", "g"], "m"), node("Mul", ["m", "wide"], "y")], [...gate, "Mul", "Mul"], "a factor that adds axes"),
    swish([node("Mul", ["x", "g"], "m"), node("Div", ["m", "six"], "y")], [...gate, "Mul", "Div"], "before opset 14", 13),
    swish(
      [node("Mul", ["x", "g"], "m"), node("Div", ["m", "six"], "h"), node("Add", ["h", "g"], "y")],
      [...gate, "Mul", "Div", "Add"],
      "a gate with another reader",
    ),
    {
      name: "by a HardSigmoid with the default slope",
      nodes: [node("HardSigmoid", ["x"], "g"), node("Mul", ["g", "x"], "y")],
      left: ["HardSigmoid", "Mul"],
    },
  ],
);

const exponential = [node("Neg", ["x"], "n"), node("Exp", ["n"], "e"), node("Add", ["e", "one"], "s")];

describePass(
  recogniseSigmoid,
  [
    { name: "by Reciprocal", constants, nodes: [...exponential, node("Reciprocal", ["s"], "y")], left: ["Sigmoid"] },
    { name: "by Div", constants, nodes: [...exponential, node("Div", ["one", "s"], "y")], left: ["Sigmoid"] },
    { name: "SiLU", constants, nodes: [...exponential, node("Div", ["x", "s"], "y")], left: ["Sigmoid", "Mul"] },
  ],
  [
    { name: "three above", constants, nodes: [...exponential, node("Div", ["three", "s"], "y")], left: ["Neg", "Exp", "Add", "Div"] },
    {
      name: "an exponential with another reader",
      constants,
      nodes: [...exponential, node("Div", ["one", "s"], "d"), node("Sub", ["d", "e"], "y")],
      left: ["Neg", "Exp", "Add", "Div", "Sub"],
    },
  ],
);

const erf = [node("Div", ["x", "root"], "d"), node("Erf", ["d"], "f"), node("Add", ["f", "one"], "g")];
const cube = (opType: "Pow" | "Mul") =>
  opType === "Pow" ? [node("Pow", ["x", "three"], "c")] : [node("Mul", ["x", "x"], "q"), node("Mul", ["q", "x"], "c")];
const tanh = (opType: "Pow" | "Mul") => [
  ...cube(opType),
  node("Mul", ["c", "cubic"], "d"),
  node("Add", ["x", "d"], "s"),
  node("Mul", ["s", "slope"], "a"),
  node("Tanh", ["a"], "f"),
  node("Add", ["one", "f"], "g"),
];
const halved = [node("Mul", ["x", "g"], "m"), node("Mul", ["m", "half"], "y")];

describePass(
  recogniseGelu,
  [
    { name: "by erf", constants, opset: 20, nodes: [...erf, ...halved], left: ["Gelu"] },
    {
      name: "by erf, x halved first",
      constants,
      opset: 20,
      nodes: [...erf, node("Mul", ["x", "half"], "m"), node("Mul", ["m", "g"], "y")],
      left: ["Gelu"],
    },
    { name: "by tanh of a power", constants, opset: 20, nodes: [...tanh("Pow"), ...halved], left: ["Gelu"] },
    { name: "by tanh of a product", constants, opset: 20, nodes: [...tanh("Mul"), ...halved], left: ["Gelu"] },
  ],
  [
    { name: "before opset 20", constants, opset: 19, nodes: [...erf, ...halved], left: ["Div", "Erf", "Add", "Mul", "Mul"] },
    { name: "not halved", constants, opset: 20, nodes: [...erf, node("Mul", ["x", "g"], "y")], left: ["Div", "Erf", "Add", "Mul"] },
    {
      name: "of something else",
      constants,
      opset: 20,
      nodes: [...erf, node("Relu", ["x"], "r"), node("Mul", ["r", "g"], "m"), node("Mul", ["m", "half"], "y")],
      left: ["Div", "Erf", "Add", "Relu", "Mul", "Mul"],
    },
  ],
);
