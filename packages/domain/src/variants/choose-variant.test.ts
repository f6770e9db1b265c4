import type { DeviceProfile, ErrorCode } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { chooseVariant, type VariantOffer } from "./choose-variant.ts";

const profile: DeviceProfile = {
  name: "linux-arm64-cpu",
  arch: "arm64",
  os: "linux",
  cpuModel: "Cortex-A76",
  cpuCount: 4,
  cpuFlags: [],
  memoryBytes: 512e6,
  diskFreeBytes: 4e9,
  runtimes: [{ name: "onnxruntime", version: "1.30.0", providers: ["cpu"], maxOpset: 24, formats: ["onnx", "ort"] }],
  agentVersion: "0.1.0",
};
const offer = (id: string, change: Partial<VariantOffer> = {}): VariantOffer => ({
  id,
  name: id,
  format: "onnx",
  opset: 17,
  sizeBytes: 1000,
  profiles: [],
  predictedMemoryBytes: 1e6,
  ...change,
});

test.each([
  ["the smallest of those for any profile", [offer("fp32", { sizeBytes: 4000 }), offer("int8")], "int8"],
  ["one that names the profile, although larger", [offer("int8"), offer("arm", { sizeBytes: 9000, profiles: ["linux-arm64-cpu"] })], "arm"],
  ["one for the kind of device that it is", [offer("int8"), offer("s8s8", { sizeBytes: 9000, profiles: ["arm64-cpu"] })], "s8s8"],
  ["never one that names only others", [offer("x64", { sizeBytes: 1, profiles: ["linux-x64-cpu"] }), offer("fp32")], "fp32"],
  ["a format that its runtime loads", [offer("tflite", { format: "tflite", sizeBytes: 1 }), offer("ort", { format: "ort" })], "ort"],
  ["what fits into its memory", [offer("small", { predictedMemoryBytes: 1e9, sizeBytes: 1 }), offer("fits")], "fits"],
  ["the same of two equals, whatever their order", [offer("b"), offer("a")], "a"],
])("a device takes %s", (_, offers, expected) => {
  expect(chooseVariant(offers, profile)).toMatchObject({ variant: { id: expected } });
});

test.each<[ErrorCode, string, VariantOffer[], Partial<DeviceProfile>]>([
  [
    "PROFILE_MISMATCH",
    "for linux-x64-cpu, and this device is linux-arm64-cpu (arm64-cpu)",
    [offer("x64", { profiles: ["linux-x64-cpu"] })],
    {},
  ],
  ["RUNTIME_MISSING", "needs onnxruntime", [offer("int8")], { runtimes: [] }],
  [
    "RUNTIME_MISSING",
    "needs a runtime for TFLite files, and the device's agent has onnxruntime 1.30.0 for onnx and ort. Add an ONNX",
    [offer("int8", { format: "tflite" })],
    {},
  ],
  [
    "RUNTIME_MISSING",
    "has onnxruntime 1.29.0 for onnx. Update the agent",
    [offer("int8", { format: "ort" })],
    { runtimes: [{ name: "onnxruntime", version: "1.29.0", providers: ["cpu"], maxOpset: 24 }] },
  ],
  ["OPSET_TOO_NEW", "uses opset 25; onnxruntime 1.30.0 on the device knows up to 24", [offer("new", { opset: 25 })], {}],
  ["NOT_ENOUGH_MEMORY", "needs about 1 GB of memory; the device has 512 MB", [offer("large", { predictedMemoryBytes: 1e9 })], {}],
  ["PROFILE_MISMATCH", "has no variant", [], {}],
])("a refusal is %s and says the number: %s", (code, sentence, offers, change) => {
  const choice = chooseVariant(offers, { ...profile, ...change });
  expect(choice).toMatchObject({ refusal: { code, message: expect.stringContaining(sentence) as string } });
});
