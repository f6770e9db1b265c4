import { DataType, floatTensor, Graph, intAttribute, intsAttribute } from "@flotilla/onnx";
import { expect, it } from "vitest";
import { buildModel } from "@flotilla/onnx/test-support";
import { compareWritten } from "../../test-support/compare-written.ts";

it("a Scan is written out step by step, backwards as well, with its states and what it collects", async () => {
  const model = buildModel({
    inputs: { x: [4, 2], s: [2], outer: [2] },
    outputs: ["last", "all"],
    nodes: [],
  });
  const body = new Graph(model.graph);
  body.name = "body";
  body.inputs.push("state", "part");
  body.outputs.push("next", "seen");
  for (const name of ["state", "part", "next", "seen"]) body.types.set(name, { elemType: DataType.FLOAT, shape: [2] });
  body.constants.set("half", floatTensor([], [0.5]));
  body.addNode({ opType: "Mul", inputs: ["state", "half"], outputs: ["less"] });
  body.addNode({ opType: "Add", inputs: ["less", "part"], outputs: ["next"] });
  body.addNode({ opType: "Mul", inputs: ["next", "outer"], outputs: ["seen"] });
  model.graph.addNode({
    opType: "Scan",
    inputs: ["s", "x"],
    outputs: ["last", "all"],
    attributes: {
      body: { kind: "graph", value: body },
      num_scan_inputs: intAttribute(1),
      scan_input_directions: intsAttribute([1]),
      scan_output_axes: intsAttribute([1]),
    },
  });
  const { error, written } = await compareWritten(model);
  expect(error).toBeLessThan(1e-6);
  expect(written.outputs.map(({ shape }) => shape)).toEqual([[2], [2, 4]]);
});
