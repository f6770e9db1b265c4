import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeInit } from "../graph/node.ts";
import { intAttribute, intsAttribute, stringAttribute } from "../graph/node.ts";
import { buildModel, buildSubgraph } from "../test-support/build-model.ts";
import { run, sampleModel } from "../test-support/mnist.ts";
import { DataType } from "./data-types.ts";
import { type OnnxModel, opsetOf } from "./model.ts";
import { readModel } from "./read-model.ts";
import { int64Tensor, sameTensor, type Tensor, tensorFromNumbers, toBigInts } from "./tensor.ts";
import { writeModel } from "./write-model.ts";

const numeric = fc.constantFrom(
  DataType.FLOAT,
  DataType.UINT8,
  DataType.INT8,
  DataType.UINT16,
  DataType.INT16,
  DataType.INT32,
  DataType.INT64,
  DataType.BOOL,
  DataType.FLOAT16,
  DataType.DOUBLE,
  DataType.UINT32,
  DataType.UINT64,
  DataType.BFLOAT16,
);

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(numeric, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }))
  .chain(([dataType, dims]) => {
    const count = dims.reduce((total, dim) => total * dim, 1);
    return fc
      .array(fc.integer({ min: 0, max: 255 }), { minLength: count, maxLength: count })
      .map((values) => tensorFromNumbers(dataType, dims, values));
  });

const attribute = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(intAttribute),
  fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map(intsAttribute),
  fc.string({ unit: "grapheme" }).map(stringAttribute),
  tensor.map((value) => ({ kind: "tensor" as const, value })),
);

const attributes = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), attribute), { selector: ([name]) => name, maxLength: 4 });

/** A chain of nodes, each reading any of the values before it, with arbitrary constants and attributes. */
const model: fc.Arbitrary<OnnxModel> = fc
  .record({
    reads: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
    constants: fc.array(tensor, { maxLength: 5 }),
    attributes: fc.array(attributes, { minLength: 12, maxLength: 12 }),
    opset: fc.integer({ min: 7, max: 21 }),
  })
  .map(({ reads, constants, attributes: sets, opset }) => {
    const names = ["x", ...constants.map((_, index) => `k${index}`)];
    const nodes = reads.map((inputs, index): NodeInit => {
      const known = [...names, ...reads.slice(0, index).map((_, at) => `v${at}`)];
      return {
        opType: "Something",
        domain: "test",
        name: index % 2 === 0 ? `node ${index}` : "",
        inputs: inputs.map((at) => known[at % known.length] ?? ""),
        outputs: [`v${index}`],
        attributes: Object.fromEntries(sets[index] ?? []),
      };
    });
    const outputs = [`v${reads.length - 1}`];
    const built = buildModel({
      nodes,
      outputs,
      opset,
      constants: Object.fromEntries(constants.map((value, index) => [`k${index}`, value])),
    });
    built.opsets.set("test", 1);
    return built;
  });

function describeModel(given: OnnxModel): unknown {
  const plain = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value);
  return {
    opsets: [...given.opsets],
    irVersion: given.irVersion,
    inputs: given.graph.inputs,
    outputs: given.graph.outputs,
    nodes: given.graph.nodes.map((node) => ({
      ...{ opType: node.opType, domain: node.domain, name: node.name, inputs: node.inputs, outputs: node.outputs },
      attributes: JSON.stringify([...node.attributes], (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : plain(value))),
    })),
  };
}

describe("read → write → read", () => {
  test("gives the same graph, constants bit for bit, and the same bytes on the second write", () => {
    fc.assert(
      fc.property(model, (given) => {
        const bytes = writeModel(given);
        const back = readModel(bytes);
        expect(describeModel(back)).toEqual(describeModel(given));
        expect([...back.graph.constants.keys()]).toEqual([...given.graph.constants.keys()]);
        for (const [name, value] of given.graph.constants) {
          const read = back.graph.constants.get(name);
          expect(read !== undefined && sameTensor(read, value)).toBe(true);
        }
        expect(Buffer.compare(writeModel(back), bytes)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test.each(["mnist-cnn", "mnist-mobilenet"] as const)("an untouched %s computes the same to the bit", async (name) => {
    const original = new Uint8Array(sampleModel(name));
    const written = writeModel(readModel(original));
    expect(describeModel(readModel(written))).toEqual(describeModel(readModel(original)));
    const [before, after] = [await run(original, "calibration"), await run(written, "calibration")];
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [output, values] of before) expect(after.get(output)).toEqual(values);
  });

  test("INT64_MAX, subgraphs, metadata and documentation survive", () => {
    const given = buildModel({ nodes: [], constants: { limit: int64Tensor([2n ** 63n - 1n, -(2n ** 63n)]) } });
    const body = buildSubgraph(given.graph, { nodes: [{ opType: "Identity", inputs: ["x"], outputs: ["t"] }], outputs: ["t"] });
    given.graph.inputs.push("flag");
    given.graph.types.set("flag", { elemType: DataType.BOOL, shape: [] });
    const branch = { kind: "graph" as const, value: body };
    given.graph.addNode({ opType: "If", inputs: ["flag"], outputs: ["y"], attributes: { then_branch: branch, else_branch: branch } });
    given.proto.producerName = "flotilla test";
    given.proto.docString = "a model";
    const back = readModel(writeModel(given));
    expect(toBigInts(back.graph.constants.get("limit") as Tensor)).toEqual([2n ** 63n - 1n, -(2n ** 63n)]);
    expect(back.graph.nodes[0]?.subgraphs().map((graph) => [...graph.captures()])).toEqual([["x"], ["x"]]);
    expect([back.proto.producerName, back.proto.docString, opsetOf(back)]).toEqual(["flotilla test", "a model", 17]);
  });
});
