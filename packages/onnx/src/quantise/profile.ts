/** Element types of quantised activations. Sixteen bits need opset 21 and have no integer kernels on CPUs: they are for accelerators. */
export type ActivationType = "uint8" | "int8" | "uint16" | "int16";

/** What the place that will run the model wants of its integers. Plain data: the caller derives it from a device profile. */
export interface QuantProfile {
  readonly activations: ActivationType;
  /** Zero point in the middle of the range. Costs one of the bits behind a Relu. */
  readonly symmetricActivations: boolean;
  /** Signed weights are symmetric; unsigned ones have a zero point a channel and use all of their range. */
  readonly weights: "int8" | "uint8";
  /** A scale per output channel of the weights. Per tensor is smaller and collapses on mobile networks. */
  readonly perChannel: boolean;
  /** 7-bit weights: on x86 without VNNI pairs of 8-bit products saturate at 16 bits. */
  readonly reduceRange: boolean;
  /** Whose integer kernels decide where integers pay. */
  readonly kernels: "onnxruntime" | "tflite";
}

/** Products of U8 and S8 are what the kernels are made for; with VNNI they are exact. */
const X64_VNNI: QuantProfile = {
  activations: "uint8",
  symmetricActivations: false,
  weights: "int8",
  perChannel: true,
  reduceRange: false,
  kernels: "onnxruntime",
};

/** Ready-made profiles. Without VNNI two answers are right: 7-bit weights keep the speed, unsigned ones all 8 bits. The caller measures both. */
export const QUANT_PROFILES = {
  "x64-vnni": X64_VNNI,
  "x64-reduced": { ...X64_VNNI, reduceRange: true },
  "x64-unsigned": { ...X64_VNNI, weights: "uint8" },
  arm64: { ...X64_VNNI, activations: "int8" },
  tflite: { ...X64_VNNI, activations: "int8", kernels: "tflite" },
} as const satisfies Record<string, QuantProfile>;

export const DEFAULT_PROFILE: QuantProfile = X64_VNNI;
