import { describe, expect, test } from "vitest";
import { type TestNode, viewOf } from "../testing/graph-views.ts";
import { diffGraphs } from "./diff-graphs.ts";
import { summariseDiff } from "./summarise-diff.ts";

/** conv → norm → relu → product → bias → softmax, and a shape computed on the side. */
const SOURCE: TestNode[] = [
  { op: "Conv", name: "conv", inputs: ["x", "w"], output: "a", bytes: 400 },
  { op: "BatchNormalization", name: "norm", inputs: ["a", "g", "b", "m", "s"], output: "b1" },
  { op: "Relu", name: "relu", inputs: ["b1"], output: "c" },
  { op: "Shape", name: "shape", inputs: ["c"], output: "sh" },
  { op: "Reshape", name: "flat", inputs: ["c", "sh"], output: "d" },
  { op: "MatMul", name: "dense", inputs: ["d", "w2"], output: "e", bytes: 800 },
  { op: "Add", name: "bias", inputs: ["e", "b2"], output: "f" },
  { op: "Softmax", name: "probabilities", inputs: ["f"], output: "y", attributes: { axis: "-1" } },
];

/** What static int8 makes of it: norm and relu in the convolution, a Gemm for product and bias, the shape a constant. */
const INT8: TestNode[] = [
  { op: "Conv", name: "conv", inputs: ["x", "q1"], output: "0", precision: "int8", bytes: 104 },
  { op: "Reshape", name: "flat", inputs: ["0", "k"], output: "1" },
  { op: "Gemm", name: "dense", inputs: ["1", "q2", "b2"], output: "2", precision: "int8", bytes: 208 },
  { op: "Softmax", name: "probabilities", inputs: ["2"], output: "y", attributes: { axis: "-1" } },
];

function diff(source: readonly TestNode[], variant: readonly TestNode[]): Record<string, string> {
  const [from, to] = [viewOf(source), viewOf(variant)];
  const label = (view: typeof from, node: number | null) => (node === null ? "-" : `${view.nodes[node]?.op}`);
  const rows = diffGraphs(from, to).entries.map((entry) => {
    const name = entry.source === null ? `+${label(to, entry.variant)}` : label(from, entry.source);
    return [name, `${entry.status} ${label(to, entry.variant)}`] as const;
  });
  return Object.fromEntries(rows);
}

const nameless = (nodes: readonly TestNode[]): TestNode[] => nodes.map((node) => ({ ...node, name: "" }));

describe("what became of each node", () => {
  test.each([
    ["by name", SOURCE, INT8],
    ["by structure, where the variant has no names", SOURCE, nameless(INT8)],
    ["by structure, where nobody has names", nameless(SOURCE), nameless(INT8)],
  ])("matched %s", (_, source, variant) => {
    const rows = diff(source, variant);
    expect(rows).toMatchObject({
      Conv: "quantised Conv",
      BatchNormalization: "fused Conv",
      Relu: "fused Conv",
      Shape: "removed -",
      Reshape: "kept Reshape",
      Softmax: "kept Softmax",
    });
  });

  test("a product that became another operator is still the same node, and takes its bias in", () => {
    expect(diff(SOURCE, INT8)).toMatchObject({ MatMul: "quantised Gemm", Add: "fused Gemm" });
  });

  test("the same graph twice: everything is kept", () => {
    expect(new Set(Object.values(diff(SOURCE, SOURCE)).map((row) => row.split(" ")[0]))).toEqual(new Set(["kept"]));
    expect(new Set(Object.values(diff(nameless(SOURCE), nameless(SOURCE))).map((row) => row.split(" ")[0]))).toEqual(new Set(["kept"]));
  });

  test("what is new is added, behind everything else", () => {
    const cast: TestNode = { op: "Cast", inputs: ["x"], output: "half" };
    const variant = SOURCE.map((node) => (node.name === "conv" ? { ...node, inputs: ["half", "w"] } : node));
    expect(diff(SOURCE, [cast, ...variant])).toMatchObject({ Conv: "kept Conv", "+Cast": "added Cast" });
    expect(diff(nameless(SOURCE), nameless([cast, ...variant]))).toMatchObject({ Conv: "kept Conv", "+Cast": "added Cast" });
  });

  test("a node that only changed says what: attributes, precision, bytes", () => {
    const variant = SOURCE.map((node) =>
      node.name === "probabilities" ? { ...node, attributes: { axis: "1" }, precision: "float16" as const } : node,
    );
    const entry = diffGraphs(viewOf(SOURCE), viewOf(variant)).bySource.get(7);
    expect(entry).toMatchObject({
      status: "changed",
      changes: [
        { kind: "precision", from: "float32", to: "float16" },
        { kind: "attribute", name: "axis", from: "-1", to: "1" },
      ],
    });
    expect(diffGraphs(viewOf(SOURCE), viewOf(INT8)).bySource.get(0)?.changes).toContainEqual({ kind: "bytes", from: 400, to: 104 });
  });

  test("a factor that vanished behind a node that cannot take it in was removed, not fused", () => {
    const source: TestNode[] = [
      { op: "Softmax", name: "soft", inputs: ["x"], output: "a" },
      { op: "Mul", name: "scale", inputs: ["a", "k"], output: "b" },
      { op: "Softmax", name: "end", inputs: ["b"], output: "y" },
    ];
    const variant: TestNode[] = [
      { op: "Softmax", name: "soft", inputs: ["x"], output: "a" },
      { op: "Softmax", name: "end", inputs: ["a"], output: "y" },
    ];
    expect(diff(source, variant)).toMatchObject({ Mul: "removed -" });
  });

  test("an integer product passes its result on behind its Cast and its scale: what follows is kept", () => {
    const dynamic: TestNode[] = [
      ...SOURCE.slice(0, 5),
      { op: "DynamicQuantizeLinear", inputs: ["d"], output: "q" },
      { op: "MatMulInteger", name: "dense", inputs: ["q", "w8"], output: "i", precision: "int8" },
      { op: "Cast", inputs: ["i"], output: "i2" },
      { op: "Mul", inputs: ["i2", "scale"], output: "e2" },
      { op: "Add", inputs: ["e2", "b2"], output: "f2" },
      { op: "Softmax", name: "probabilities", inputs: ["f2"], output: "y", attributes: { axis: "-1" } },
    ];
    expect(diff(SOURCE, dynamic)).toMatchObject({
      MatMul: "quantised MatMulInteger",
      Add: "kept Add",
      "+Mul": "added Mul",
      "+DynamicQuantizeLinear": "added DynamicQuantizeLinear",
    });
  });

  test("names that two nodes share match nobody by themselves", () => {
    const twins = SOURCE.map((node) => ({ ...node, name: "same" }));
    expect(diff(twins, INT8)).toMatchObject({ Conv: "quantised Conv", Relu: "fused Conv", Softmax: "kept Softmax" });
  });
});

test("the summary counts what carries the weight of the computation, and what went into it", () => {
  const [from, to] = [viewOf(SOURCE), viewOf(INT8)];
  expect(summariseDiff(from, to, diffGraphs(from, to))).toEqual({
    convolutions: { total: 1, int8: 1, int8Weights: 0, float16: 0 },
    products: { total: 1, int8: 1, int8Weights: 0, float16: 0 },
    counts: { quantised: 2, fused: 3, changed: 0, removed: 1, added: 0, kept: 2 },
    fused: [
      { op: "BatchNormalization", count: 1 },
      { op: "Relu", count: 1 },
      { op: "Add", count: 1 },
    ],
  });
});
