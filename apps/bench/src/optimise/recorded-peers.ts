/**
 * What the peers gave on the same files and data, measured once on an AMD EPYC with AVX2 and without VNNI: ONNX Runtime 1.32.0, NNCF 3.4.0, Neural Compressor
 * 2.6. Scores are percent: accuracy on MNIST's 10,000 test images, agreement on the 150 photos. `exact` is the same file run unoptimised, where
 * nothing saturates, as a CPU with VNNI should give it.
 */
export interface RecordedPeer {
  readonly tool: string;
  readonly bytes: number;
  readonly saturating: number;
  readonly exact: number | null;
  readonly speed: number;
}

/** Inside seconds, CPU seconds of the process, and peak megabytes, for MobileNetV2 with 100 samples. */
export interface RecordedCost {
  readonly insideS: number;
  readonly cpuS: number;
  readonly peakMb: number;
}

export const RECORDED_PEERS: Readonly<Record<string, readonly RecordedPeer[]>> = {
  mnist_cnn_bn: [
    { tool: "ORT static MinMax", bytes: 99_790, saturating: 99.22, exact: 99.26, speed: 1.23 },
    { tool: "ORT static, reduce_range", bytes: 99_790, saturating: 99.25, exact: 99.25, speed: 1.22 },
    { tool: "ORT static, U8 weights", bytes: 100_045, saturating: 99.25, exact: 99.25, speed: 0.89 },
    { tool: "ORT dynamic", bytes: 89_585, saturating: 99.24, exact: null, speed: 0.21 },
    { tool: "NNCF quantize", bytes: 94_043, saturating: 99.26, exact: null, speed: 1.21 },
    { tool: "Neural Compressor static", bytes: 95_677, saturating: 99.25, exact: 99.26, speed: 1.23 },
  ],
  mini_mobilenet_w2: [
    { tool: "ORT static MinMax", bytes: 90_363, saturating: 98.79, exact: 98.96, speed: 0.86 },
    { tool: "ORT static, reduce_range", bytes: 90_363, saturating: 98.97, exact: 98.97, speed: 0.84 },
    { tool: "ORT static, U8 weights", bytes: 91_332, saturating: 98.92, exact: 98.92, speed: 0.7 },
    { tool: "ORT dynamic", bytes: 71_127, saturating: 98.94, exact: null, speed: 0.11 },
    { tool: "NNCF quantize", bytes: 88_009, saturating: 98.9, exact: null, speed: 0.24 },
    { tool: "Neural Compressor static", bytes: 84_934, saturating: 98.86, exact: 98.86, speed: 0.86 },
  ],
  MobileNetV2: [
    { tool: "ORT static MinMax", bytes: 2_987_039, saturating: 88, exact: 89.3, speed: 1.45 },
    { tool: "ORT static, reduce_range", bytes: 2_987_039, saturating: 90, exact: 90, speed: 1.46 },
    { tool: "ORT static, U8 weights", bytes: 3_004_487, saturating: 94.7, exact: 94.7, speed: 1.06 },
    { tool: "ORT static Percentile", bytes: 2_987_045, saturating: 87.3, exact: 89.3, speed: 1.46 },
    { tool: "ORT dynamic", bytes: 2_757_281, saturating: 78, exact: null, speed: 0.12 },
    { tool: "NNCF quantize", bytes: 2_896_215, saturating: 92, exact: 92, speed: 0.44 },
    { tool: "Neural Compressor static", bytes: 2_987_438, saturating: 87.3, exact: 88, speed: 1.1 },
    { tool: "Neural Compressor accuracy-aware", bytes: 9_233_321, saturating: 100, exact: null, speed: 0.98 },
  ],
};

export const RECORDED_COSTS: Readonly<Record<string, RecordedCost>> = {
  "ORT static MinMax": { insideS: 4.9, cpuS: 7.8, peakMb: 334 },
  "ORT static Percentile": { insideS: 27, cpuS: 32, peakMb: 6352 },
  "ORT static Entropy": { insideS: 25, cpuS: 31, peakMb: 6359 },
  "Neural Compressor accuracy-aware": { insideS: 48, cpuS: 62, peakMb: 1712 },
};
