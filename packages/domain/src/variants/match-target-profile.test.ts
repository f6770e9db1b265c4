import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { describe, expect, test } from "vitest";
import { matchTargetProfile } from "./match-target-profile.ts";

const onnxruntime = { name: "onnxruntime", version: "1.30.0", providers: ["cpu"], maxOpset: 22 };

describe("which kind of device a device is", () => {
  test.each([
    { device: "an Ice Lake gateway", arch: "x64", cpuFlags: ["avx2", "avx512f", "avx512_vnni"], runtimes: [onnxruntime], is: "x64-vnni" },
    { device: "an Alder Lake box", arch: "x64", cpuFlags: ["avx2", "avx_vnni"], runtimes: [onnxruntime], is: "x64-vnni" },
    { device: "a Zen 3 server", arch: "x64", cpuFlags: ["avx2"], runtimes: [onnxruntime], is: "x64-avx2" },
    { device: "an old Atom", arch: "x64", cpuFlags: [], runtimes: [onnxruntime], is: "x64-avx2" },
    { device: "a Raspberry Pi 5", arch: "arm64", cpuFlags: ["asimd", "asimddp"], runtimes: [onnxruntime], is: "arm64-cpu" },
    { device: "a Pi whose runtime is not installed yet", arch: "arm64", cpuFlags: ["asimd"], runtimes: [], is: "arm64-cpu" },
    {
      device: "a board with a TPU",
      arch: "arm64",
      cpuFlags: [],
      runtimes: [{ ...onnxruntime, name: "edge-tpu" }],
      is: "edge-tpu",
    },
    { device: "a 32-bit board", arch: "arm", cpuFlags: [], runtimes: [onnxruntime], is: null },
  ])("$device is $is", ({ arch, cpuFlags, runtimes, is }) => {
    expect(matchTargetProfile({ arch, cpuFlags, runtimes })?.id ?? null).toBe(is);
  });
});

test("every profile has an id of its own, and only x86 without VNNI saturates", () => {
  expect(new Set(TARGET_PROFILES.map(({ id }) => id)).size).toBe(TARGET_PROFILES.length);
  expect(TARGET_PROFILES.filter(({ quantisation }) => quantisation.saturates).map(({ id }) => id)).toEqual(["x64-avx2"]);
});
