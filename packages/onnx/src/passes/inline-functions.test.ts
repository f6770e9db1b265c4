import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { checkModel } from "../graph/check-model.ts";
import type { OnnxModel } from "../graph/model.ts";
import { floatAttribute } from "../graph/node.ts";
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  type FunctionProto,
  FunctionProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
} from "../proto/gen/onnx_pb.js";
import { buildModel } from "../test-support/build-model.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { simplify } from "./simplify.ts";

const proto = (opType: string, input: string[], output: string[], more: Partial<NodeProto> = {}): NodeProto =>
  Object.assign(create(NodeProtoSchema, { opType, input, output }), more);

const local = (opType: string, input: string[], output: string[]): NodeProto => proto(opType, input, output, { domain: "local" });

function declare(name: string, node: NodeProto[], opset = 17): FunctionProto {
  const opsetImport = [
    create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) }),
    create(OperatorSetIdProtoSchema, { domain: "local", version: 1n }),
  ];
  return create(FunctionProtoSchema, { domain: "local", name, input: ["a"], output: ["r"], node, opsetImport });
}

/** y = Tanh(local.first(Relu(x))) */
function calling(functions: FunctionProto[], attributes = {}): OnnxModel {
  const model = buildModel({
    nodes: [
      { opType: "Relu", inputs: ["x"], outputs: ["h"] },
      { opType: "first", domain: "local", inputs: ["h"], outputs: ["c"], attributes },
      { opType: "Tanh", inputs: ["c"], outputs: ["y"] },
    ],
  });
  model.opsets.set("local", 1);
  model.proto.functions = functions;
  return model;
}

describe("inline-functions", () => {
  test("puts bodies in the place of calls, through several functions", async () => {
    const model = calling([
      declare("first", [local("second", ["a"], ["m"]), proto("Abs", ["m"], ["r"])]),
      declare("second", [proto("Neg", ["a"], ["m"]), proto("Exp", ["m"], ["r"])]),
    ]);
    const after = await expectSame(model, (copy) => simplify(copy, { check: true }));
    expect(operators(after)).toEqual(["Relu", "Neg", "Exp", "Abs", "Tanh"]);
    expect(after.proto.functions).toEqual([]);
  });

  test("an attribute comes from the call, or else from the function", async () => {
    const alpha = create(AttributeProtoSchema, { name: "alpha", refAttrName: "slope", type: Kind.FLOAT });
    const body = (): FunctionProto =>
      Object.assign(declare("first", [proto("LeakyRelu", ["a"], ["m"], { attribute: [alpha] }), proto("Sub", ["m", "a"], ["r"])]), {
        attribute: ["slope"],
      });
    const given = await expectSame(calling([body()], { slope: floatAttribute(0.5) }), (copy) => inlineFunctions(copy));
    expect(given.graph.nodes.find((node) => node.is("LeakyRelu"))?.float("alpha", 0)).toBe(0.5);
    const silent = calling([body()]);
    inlineFunctions(silent);
    expect(silent.graph.nodes.find((node) => node.is("LeakyRelu"))?.attributes.size).toBe(0);
  });

  test("a function of another operator set stays", () => {
    const model = calling([declare("first", [proto("Neg", ["a"], ["r"])], 13)]);
    expect(inlineFunctions(model)).toEqual([]);
    expect(operators(model)).toEqual(["Relu", "first", "Tanh"]);
    expect(model.proto.functions).toHaveLength(1);
    checkModel(model);
  });

  test("one that calls itself is refused", () => {
    const model = calling([declare("first", [local("first", ["a"], ["r"])])]);
    expect(() => inlineFunctions(model)).toThrow(/"first" calls itself/u);
  });

  test("ones that multiply are refused", () => {
    const wide = (name: string, callee: string): FunctionProto => {
      const calls = Array.from({ length: 100 }, (_, index) =>
        local(callee, [index === 0 ? "a" : `v${index - 1}`], [index === 99 ? "r" : `v${index}`]),
      );
      return declare(name, calls);
    };
    const model = calling([
      wide("first", "second"),
      wide("second", "third"),
      wide("third", "last"),
      declare("last", [proto("Neg", ["a"], ["r"])]),
    ]);
    expect(() => inlineFunctions(model)).toThrow(/more than 200,000 nodes/u);
  });
});
