import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import { allGraphs, type OnnxModel } from "../graph/model.ts";
import type { NodeInit } from "../graph/node.ts";
import { floatTensor, tensorFromNumbers } from "../graph/tensor.ts";
import { buildModel, buildSubgraph } from "../test-support/build-model.ts";
import { node } from "../test-support/describe-pass.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { inlineConstantBranches } from "./inline-constant-branches.ts";
import { removeDeadCode } from "./remove-dead-code.ts";
import { removeIdentities } from "./remove-identities.ts";
import { runPasses } from "./run-passes.ts";

/** y = If(flag) { then } else { else } over `h` = Relu(x). */
function branching(flag: boolean | null, yes: readonly NodeInit[], no: readonly NodeInit[]): OnnxModel {
  const constants = flag === null ? {} : { flag: tensorFromNumbers(DataType.BOOL, [], [flag ? 1 : 0]) };
  const first =
    flag === null ? [node("ReduceMax", ["x"], "top"), node("Greater", ["top", "limit"], "many"), node("Squeeze", ["many"], "flag")] : [];
  const model = buildModel({
    nodes: [node("Relu", ["x"], "h"), ...first],
    constants: { ...constants, limit: floatTensor([], [0]) },
    inputs: { x: [2, 4] },
  });
  const body = (nodes: readonly NodeInit[], output: string) => ({
    kind: "graph" as const,
    value: buildSubgraph(model.graph, { nodes, outputs: [output], constants: { k: floatTensor([4], [1, 2, 3, 4]) } }),
  });
  model.graph.addNode({
    opType: "If",
    inputs: ["flag"],
    outputs: ["y"],
    attributes: { then_branch: body(yes, "t"), else_branch: body(no, "e") },
  });
  return model;
}

const passes = [inlineConstantBranches, removeIdentities, removeDeadCode];
const change = (copy: OnnxModel): unknown => runPasses(copy, passes, { check: true });
const yes = [node("Add", ["h", "k"], "a"), node("Tanh", ["a"], "t")];
const no = [node("Mul", ["h", "k"], "a"), node("Neg", ["a"], "e")];

describe("inline-constant-branches", () => {
  test("puts the branch that is taken in the place of the If", async () => {
    expect(operators(await expectSame(branching(true, yes, no), change))).toEqual(["Relu", "Add", "Tanh"]);
    expect(operators(await expectSame(branching(false, yes, no), change))).toEqual(["Relu", "Mul", "Neg"]);
  });

  test("leaves an If whose condition is computed", async () => {
    const after = await expectSame(branching(null, yes, no), change);
    expect(operators(after)).toContain("If");
    expect(allGraphs(after.graph)).toHaveLength(3);
  });

  test("two branches that call their values the same do not meet", async () => {
    const model = branching(true, yes, no);
    const second = branching(true, yes, no).graph.nodes.find((entry) => entry.is("If"));
    for (const body of second?.subgraphs() ?? []) body.moveTo(model.graph);
    model.graph.addNode({ opType: "If", inputs: ["flag"], outputs: ["z"], attributes: second?.attributes ?? {} });
    model.graph.outputs.push("z");
    model.graph.types.set("z", { elemType: DataType.FLOAT, shape: null });
    expect(operators(await expectSame(model, change))).toEqual(["Relu", "Add", "Tanh", "Add", "Tanh"]);
  });

  test("keeps what an If inside the branch reads from it", async () => {
    const model = branching(true, yes, no);
    const branch = model.graph.nodes.find((entry) => entry.is("If"))?.attributes.get("then_branch");
    if (branch?.kind !== "graph") throw new Error("No branch.");
    const inner = (operator: string, output: string) => ({
      kind: "graph" as const,
      value: buildSubgraph(branch.value, { nodes: [node(operator, ["t"], output)], outputs: [output] }),
    });
    branch.value.constants.set("go", tensorFromNumbers(DataType.BOOL, [], [1]));
    branch.value.addNode({
      opType: "If",
      inputs: ["go"],
      outputs: ["u"],
      attributes: { then_branch: inner("Abs", "p"), else_branch: inner("Neg", "q") },
    });
    branch.value.outputs[0] = "u";
    expect(operators(await expectSame(model, change))).toEqual(["Relu", "Add", "Tanh", "Abs"]);
  });
});
