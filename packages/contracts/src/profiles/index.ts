import arm64Cpu from "./arm64-cpu.json" with { type: "json" };
import edgeTpu from "./edge-tpu.json" with { type: "json" };
import mcuTflite from "./mcu-tflite.json" with { type: "json" };
import opencvDnn from "./opencv-dnn.json" with { type: "json" };
import type { TargetProfile } from "./target-profile.ts";
import x64Avx2 from "./x64-avx2.json" with { type: "json" };
import x64Vnni from "./x64-vnni.json" with { type: "json" };

/**
 * The kinds of device that a model can be optimised for. Of two that a device fits, the earlier one is the better: what asks for more
 * comes first. They are our own files, and a test holds each to its schema: pages that only name a profile do not fetch a validator.
 */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what profiles.test.ts parses
export const TARGET_PROFILES = [x64Vnni, x64Avx2, arm64Cpu, mcuTflite, edgeTpu, opencvDnn] as readonly TargetProfile[];

export type { TargetProfile } from "./target-profile.ts";
