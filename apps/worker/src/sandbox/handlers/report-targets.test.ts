import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TargetReport, targetReportSchema } from "@flotilla/contracts/targets";
import { intAttribute, readModel, writeModel } from "@flotilla/onnx";
import { samples } from "@flotilla/samples";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HandlerContext } from "../protocol.ts";
import { reportTargets } from "./report-targets.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "flotilla-targets-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const context: HandlerContext = { progress: () => undefined, event: () => undefined };

async function report(modelPath: string): Promise<TargetReport> {
  const outputFile = join(directory, "report.json");
  await reportTargets({ modelPath, tflitePath: null, fileName: "model.tflite", outputFile }, context);
  return targetReportSchema.parse(JSON.parse(await readFile(outputFile, "utf8")));
}

async function reportOf(bytes: Uint8Array): Promise<TargetReport> {
  const path = join(directory, "model");
  await writeFile(path, bytes);
  return report(path);
}

test("a float model: nothing is on the TPU, static int8 would move it, and OpenCV reads it", async () => {
  const found = await report(samples.mnistCnn);
  expect(found.edgeTpu).toMatchObject({
    state: "mapped",
    from: "float32",
    report: { onTpu: 0, end: { kind: "CONV_2D", advice: { kind: "recipe", pass: "int8-static" } } },
  });
  expect(found.opencv).toEqual({ readFrom: "4.6", findings: [] });
  expect(found.facts).toMatchObject({ sizeBytes: 294_817, opsets: { "": 17 } });
});

test("a TFLite file is mapped as it is, and is nothing that OpenCV reads", async () => {
  const found = await report(samples.mnistTflite);
  expect(found).toMatchObject({ edgeTpu: { state: "mapped", from: "file", report: { end: { kind: "SHAPE" } } }, opencv: null });
  expect(found.facts).toMatchObject({ sizeBytes: 18_736, operators: { Conv: 2 } });
});

test("an ORT file is not read", async () => {
  const ort = Buffer.concat([Buffer.from([8, 0, 0, 0]), Buffer.from("ORTM"), Buffer.alloc(64)]);
  expect(await reportOf(ort)).toMatchObject({ facts: null, edgeTpu: { state: "unreadable" }, opencv: null });
});

test("a model without a TFLite form says which node is in the way, and is still judged for the others", async () => {
  const model = readModel(await readFile(samples.mnistCnn));
  const { graph } = model;
  const [output = ""] = graph.outputs;
  graph.addNode({ opType: "EyeLike", name: "diagonal", inputs: [output], outputs: ["eye"], attributes: { dtype: intAttribute(1) } });
  graph.outputs[0] = "eye";
  graph.types.set("eye", { elemType: 1, shape: null });
  const found = await reportOf(writeModel(model));
  expect(found.edgeTpu).toMatchObject({
    state: "refused",
    error: { code: "UNSUPPORTED_OPERATOR", message: expect.stringContaining("diagonal") },
  });
  expect(found.opencv?.findings).toContainEqual({ code: "OPERATOR_MISSING", operator: "EyeLike", nodes: ["diagonal"] });
});

test("damaged bytes are refused with their code", async () => {
  const cut = (await readFile(samples.mnistCnn)).subarray(0, 2_000);
  await expect(reportOf(cut)).rejects.toMatchObject({ code: expect.stringMatching(/TRUNCATED_FILE|NOT_A_MODEL/u) });
});
