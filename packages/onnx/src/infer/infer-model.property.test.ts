import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allGraphs } from "../graph/model.ts";
import { writeModel } from "../graph/write-model.ts";
import { readModel } from "../graph/read-model.ts";
import { generateModel, OPSETS } from "../test-support/random-graph/generate-model.ts";
import { inBody } from "../test-support/random-graph/bodies.ts";
import * as plants from "../test-support/random-graph/plants.ts";
import { inferModel } from "./infer-model.ts";

describe("inference on generated graphs", () => {
  test("is never wrong, and knows nearly every type", () => {
    let [known, values] = [0, 0];
    const property = fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => {
      const generated = generateModel(seed, (sketch) => sketch.random.pick([...Object.values(plants), inBody(plants.identities)])(sketch), [
        9,
        ...OPSETS,
      ]);
      const model = readModel(writeModel(generated.model));
      const { entries } = inferModel(model);
      for (const graph of allGraphs(model.graph))
        for (const name of graph.nodes.flatMap((node) => node.outputs)) {
          const type = graph.typeOf(name);
          const { dataType, dims } = generated.sample(name);
          values += 1;
          if (type === null) continue;
          const shape = type.shape?.map((dim, axis) => (typeof dim === "string" ? (generated.symbols[dim] ?? dim) : (dim ?? dims[axis])));
          expect([seed, name, type.elemType, shape ?? dims]).toEqual([seed, name, dataType, dims]);
          if (type.shape !== null && type.shape.every((dim) => dim !== null)) known += 1;
        }
      for (const [name, list] of entries)
        expect([seed, name, list.length]).toEqual([seed, name, generated.sample(name).dims.reduce((total, dim) => total * dim, 1)]);
    });
    fc.assert(property, { numRuns: 1000, seed: 4, endOnFailure: true });
    expect(known / values).toBeGreaterThan(0.9);
  });
});
