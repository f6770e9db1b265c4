import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import type { MappedOperator, TargetReport } from "@flotilla/contracts/targets";
import { expect, test } from "vitest";
import { judgeReport } from "./judge-report.ts";

const operator = (index: number, target: "tpu" | "cpu"): MappedOperator => ({
  index,
  kind: target === "tpu" ? "CONV_2D" : "HARD_SWISH",
  label: `t${index}`,
  target,
  reason: target === "tpu" ? null : { code: "NOT_SUPPORTED" },
  advice: null,
  dependsOnSize: false,
});

function reportOf(targets: readonly ("tpu" | "cpu")[], changes: Partial<TargetReport> = {}): TargetReport {
  const operators = targets.map((target, index) => operator(index, target));
  return {
    version: 1,
    facts: {
      opsets: { "": 17 },
      inputs: [{ name: "x", type: "int8", shape: [1, 8, 8, 3] }],
      operators: { Conv: 2, QuantizeLinear: 2, DequantizeLinear: 5 },
      sizeBytes: 1000,
      weightBytes: 900,
      memoryEstimateBytes: 2000,
    },
    edgeTpu: {
      state: "mapped",
      from: "file",
      report: {
        operators,
        onTpu: targets.filter((target) => target === "tpu").length,
        onCpu: targets.filter((target) => target === "cpu").length,
        end: operators.find(({ target }) => target === "cpu") ?? null,
        parameterBytes: 900,
        onChipBytes: 2 ** 23,
        fitsOnChip: true,
        command: "edgetpu_compiler x.tflite",
      },
    },
    opencv: { readFrom: "4.6", findings: [] },
    ...changes,
  };
}

const judge = (id: string, report: TargetReport, formats: ("onnx" | "ort" | "tflite")[] = ["tflite"]) =>
  TARGET_PROFILES.filter((profile) => profile.id === id).map((profile) => judgeReport(report, profile, formats))[0];

test.each([
  ["wholly on the TPU", ["tpu", "tpu"] as const, ["tflite"] as const, { verdict: "runs", remarks: [] }],
  [
    "up to an operator that it lacks",
    ["tpu", "cpu"] as const,
    ["tflite"] as const,
    { verdict: "partly", remarks: [{ kind: "partition", onTpu: 1, total: 2, end: "HARD_SWISH" }] },
  ],
  ["not at all", ["cpu", "cpu"] as const, ["tflite"] as const, { verdict: "no", remarks: [{ kind: "nothing-on-tpu" }] }],
  ["as ONNX", ["tpu", "tpu"] as const, ["onnx"] as const, { verdict: "convert", remarks: [{ kind: "format", formats: ["tflite"] }] }],
])("Edge TPU: %s", (_, targets, formats, expected) => expect(judge("edge-tpu", reportOf(targets), [...formats])).toEqual(expected));

test("OpenCV: what its reader lacks stops it, and what newer releases read is said with their number", () => {
  expect(judge("opencv-dnn", reportOf([]), ["onnx"])).toEqual({ verdict: "runs", remarks: [] });
  const missing = { readFrom: null, findings: [{ code: "OPERATOR_MISSING" as const, operator: "NonZero", nodes: ["n"] }] };
  expect(judge("opencv-dnn", reportOf([], { opencv: missing }), ["onnx"])).toEqual({
    verdict: "no",
    remarks: [{ kind: "opencv-findings", count: 1 }],
  });
  const newer = { readFrom: "4.7", findings: [{ code: "INTEGER_WEIGHTS" as const, count: 2, since: "4.7" }] };
  expect(judge("opencv-dnn", reportOf([], { opencv: newer }), ["onnx"])).toEqual({
    verdict: "newer",
    remarks: [{ kind: "opencv-version", from: "4.7" }],
  });
});

test("of a file whose graph is not read, its format decides", () => {
  const ort = reportOf([], { facts: null, edgeTpu: { state: "unreadable" }, opencv: null });
  expect(judge("arm64-cpu", ort, ["ort"])).toEqual({ verdict: "runs", remarks: [] });
  expect(judge("mcu-tflite", ort, ["ort"])).toEqual({ verdict: "convert", remarks: [{ kind: "format", formats: ["tflite"] }] });
});
