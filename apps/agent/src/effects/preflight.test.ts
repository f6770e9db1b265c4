import type { DeviceProfile, ErrorCode, ManifestVariant } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { preflight, type PreflightInput } from "./preflight.ts";

const onnxruntime: DeviceProfile["runtimes"][number] = {
  name: "onnxruntime",
  version: "1.30.0",
  providers: ["cpu"],
  maxOpset: 22,
  formats: ["onnx", "ort"],
};
const variant: ManifestVariant = {
  id: "00000000-0000-4000-8000-000000000001",
  name: "int8",
  model: { name: "model.onnx", sha256: "a".repeat(64), sizeBytes: 1_000 },
  runtime: "onnxruntime",
  opset: 17,
  profiles: [],
  predictedMemoryBytes: 1_000,
};

function input(variantOf: Partial<ManifestVariant>, runtimes = [onnxruntime]): PreflightInput {
  const profile: DeviceProfile = {
    name: "linux-arm64-cpu",
    arch: "arm64",
    os: "linux",
    cpuModel: "Cortex-A76",
    cpuCount: 4,
    cpuFlags: [],
    memoryBytes: 1e9,
    diskFreeBytes: 1e9,
    runtimes,
    agentVersion: "0.1.0",
  };
  const chosen = { ...variant, ...variantOf };
  return { profile, variant: chosen, files: [chosen.model], diskFreeBytes: 1e9, memoryFreeBytes: 1e9, presentBytes: 0, standby: false };
}

test.each<[string, Partial<ManifestVariant>, DeviceProfile["runtimes"]?]>([
  ["an ONNX file, also of a manifest that does not tell formats", {}],
  ["an ORT file", { format: "ort" }],
  ["an ONNX file with a runtime that does not tell formats", {}, [{ ...onnxruntime, formats: undefined }]],
  [
    "a TFLite file where a runtime loads it, whatever the operator set that it was made from",
    { format: "tflite", runtime: "tflite", opset: 99 },
    [onnxruntime, { ...onnxruntime, name: "tflite", maxOpset: 0, formats: ["tflite"] }],
  ],
])("%s may be fetched", (_, changed, runtimes) => {
  expect(() => preflight(input(changed, runtimes))).not.toThrow();
});

test.each<[ErrorCode, string, Partial<ManifestVariant>, DeviceProfile["runtimes"]?]>([
  ["RUNTIME_MISSING", "TFLite format, for which this device has no runtime", { format: "tflite", runtime: "tflite" }],
  ["RUNTIME_MISSING", "ORT format", { format: "ort" }, [{ ...onnxruntime, formats: undefined }]],
  ["RUNTIME_MISSING", "Install onnxruntime-node", {}, []],
  ["OPSET_TOO_NEW", "reads up to 22", { format: "ort", opset: 23 }],
  ["NOT_ENOUGH_MEMORY", "predicted to need 2000.0 MB", { predictedMemoryBytes: 2e9 }],
])("before a byte is fetched, %s: %s", (code, sentence, changed, runtimes) => {
  expect(() => preflight(input(changed, runtimes))).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(sentence) as string }),
  );
});
