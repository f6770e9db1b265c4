import { describe, expect, test } from "vitest";
import type { NodeInit } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import type { Pass } from "../passes/pass.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { runPasses } from "../passes/run-passes.ts";
import { buildModel } from "./build-model.ts";
import { expectSame, operators } from "./oracle.ts";

export interface PassExample {
  readonly name: string;
  readonly nodes: readonly NodeInit[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** The shape of `x`. */
  readonly input?: readonly Dim[];
  readonly outputs?: readonly string[];
  readonly opset?: number;
  /** The operators that are left, in order. */
  readonly left: readonly string[];
}

/** onnxruntime computes each example before and after the pass; in `stays` the pass must not change anything. */
export function describePass(pass: Pass, fires: readonly PassExample[], stays: readonly PassExample[]): void {
  const check = async (example: PassExample, wanted: boolean): Promise<void> => {
    const { nodes, constants = {}, input = [2, 3, 4], outputs = ["y"], opset = 17 } = example;
    const model = buildModel({ nodes, constants, inputs: { x: input }, outputs, opset });
    let fired = false;
    const after = await expectSame(model, (copy) => {
      fired = runPasses(copy, [pass, removeDeadCode], { check: true }).fired.has(pass.id);
    });
    expect(operators(after)).toEqual(example.left);
    expect(fired).toBe(wanted);
  };
  describe(`${pass.id} fires`, () => {
    test.each(fires)("$name", (example) => check(example, true));
  });
  describe(`${pass.id} must not fire`, () => {
    test.each(stays)("$name", (example) => check(example, false));
  });
}

/** A node in one line. */
export function node(opType: string, inputs: readonly string[], output: string, attributes: NodeInit["attributes"] = {}): NodeInit {
  return { opType, inputs, outputs: [output], attributes };
}
