import type { DetectionReading } from "@flotilla/contracts";
import type { Goal } from "@flotilla/onnx/optimise";
import type { RealCase } from "./real-bench.ts";

/** BlazeFace: a box, six points and a logit for each of two anchors a cell of 16 × 16, and of six a cell of 8 × 8. */
function blazeface(side: number): DetectionReading {
  const level = (at: number, columns: number, perCell: number) => ({
    boxesOutput: `Identity_${at + 2}:0`,
    scoresOutput: at === 0 ? "Identity:0" : `Identity_${at}:0`,
    stride: side / columns,
    columns,
    perCell,
  });
  return {
    task: "detection",
    boxesOutput: "Identity_2:0",
    scoresOutput: "Identity:0",
    boxFormat: "cxcywh",
    scoreKind: "logit",
    background: false,
    scoreThreshold: 0.5,
    iouThreshold: 0.3,
    levels: [level(0, 16, 2), level(1, 8, 6)],
  };
}

const TEXT_REGIONS: DetectionReading = {
  task: "detection",
  boxesOutput: "sigmoid_0.tmp_0",
  scoresOutput: null,
  boxFormat: "regions",
  scoreKind: "probability",
  background: false,
  scoreThreshold: 0.3,
  iouThreshold: 0.5,
};

/** Points of agreement that a variant may lose: one; two where nothing else is faster. */
const HOLDS: Goal = { minScore: 0.99 };
const FASTER: Goal = { minScore: 0.98, minSpeedup: 1.1 };

/** The models, what they are measured by, and what a variant must hold. */
export const REAL_CASES: readonly RealCase[] = [
  { name: "inception_v3", task: "classification", reading: null, goals: [{ minScore: 0.98, minSpeedup: 1.3 }, HOLDS] },
  { name: "blazeface_front", task: "detection", reading: blazeface(128), goals: [HOLDS] },
  { name: "blazeface_back", task: "detection", reading: blazeface(256), goals: [HOLDS] },
  { name: "ppocr_det", task: "detection", reading: TEXT_REGIONS, goals: [FASTER, HOLDS] },
  {
    name: "ppocr_rec",
    task: "sequence",
    reading: { task: "sequence", output: "softmax_11.tmp_0", blank: "first" },
    goals: [FASTER, HOLDS],
  },
  { name: "silero_v5", task: "classification", reading: null, goals: [HOLDS] },
  { name: "silero_v6", task: "classification", reading: null, goals: [HOLDS] },
];
