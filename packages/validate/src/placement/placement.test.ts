import { describe, expect, test } from "vitest";
import { readRuntimeProfile } from "./read-runtime-profile.ts";
import { summarisePlacement } from "./summarise-placement.ts";

const event = (name: string, op: string, dur: number, inputs: string[], outputs: string[]) => ({
  cat: "Node",
  name: `${name}_kernel_time`,
  dur,
  args: {
    op_name: op,
    provider: "CPUExecutionProvider",
    input_type_shape: inputs.map((type) => ({ [type]: [1] })),
    output_type_shape: outputs.map((type) => ({ [type]: [1] })),
  },
});
const run = [
  { cat: "Session", name: "model_run", dur: 900 },
  event("image_q", "QuantizeLinear", 10, ["float"], ["uint8"]),
  event("stem_token_3", "QLinearConv", 100, ["uint8", "float", "uint8", "int8"], ["uint8"]),
  event("flat", "Reshape", 5, ["uint8", "int64"], ["uint8"]),
  event("up", "ConvTranspose", 200, ["float", "float"], ["float"]),
  event("head", "Gemm", 50, ["float", "float"], ["float"]),
  event("probs", "Softmax", 35, ["float"], ["float"]),
];
const node = (name: string, operator: string, quantisedOutput = true) => ({ name, operator, quantisedOutput });

describe("a runtime's profile", () => {
  test("gives each kernel once, with the mean of its runs and the runtime's own suffix gone", () => {
    const kernels = readRuntimeProfile(JSON.stringify([...run, event("stem_token_3", "QLinearConv", 300, ["uint8"], ["uint8"])]));
    expect(kernels.find(({ node: name }) => name === "stem")).toMatchObject({ operator: "QLinearConv", runs: 2, meanUs: 200 });
    expect(kernels).toHaveLength(6);
  });

  test("that was cut off is refused with a sentence", () => {
    expect(() => readRuntimeProfile(JSON.stringify(run).slice(0, -3))).toThrow(/endProfiling/);
    expect(() => readRuntimeProfile("{}")).toThrow(/trace events/);
  });
});

describe("which quantised nodes ran on integers", () => {
  const quantised = [
    node("stem", "Conv"),
    node("relu fused into stem", "Relu"),
    node("flat", "Reshape"),
    node("up", "ConvTranspose"),
    node("head", "Gemm", false),
  ];
  const report = summarisePlacement(readRuntimeProfile(JSON.stringify(run)), quantised);

  test("fused and data-moving nodes count, float kernels do not", () => {
    expect(report).toMatchObject({ quantisedNodes: 5, integerNodes: 3 });
    expect(report.integerTimeShare).toBeCloseTo(105 / 400);
    expect(report.conversionTimeShare).toBeCloseTo(10 / 400);
  });

  test("each one in float is named with its reason, slowest first", () => {
    expect(report.inFloat.map(({ node: name, reason }) => [name, reason])).toEqual([
      ["up", "no-integer-kernel"],
      ["head", "float-output"],
    ]);
  });

  test("what the runtime takes apart into float kernels of other names is in float, not fused", () => {
    const swish = summarisePlacement(readRuntimeProfile(JSON.stringify(run)), [node("act", "HardSwish"), node("stem", "Conv")]);
    expect(swish).toMatchObject({ quantisedNodes: 2, integerNodes: 1, inFloat: [{ node: "act", reason: "no-integer-kernel" }] });
  });

  test("a model that was never quantised has nothing to report", () => {
    expect(summarisePlacement([], [])).toMatchObject({ quantisedNodes: 0, integerNodes: 0, integerTimeShare: 0 });
  });
});
