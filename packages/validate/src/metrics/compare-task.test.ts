import type { DetectionReading } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { compareTask, evidenceOf, type OutputPair } from "./compare-task.ts";

const array = (shape: number[], values: number[]) => ({ type: "float32" as const, shape, data: Float32Array.from(values) });
const pair = (name: string, shape: number[], source: number[], variant: number[]): OutputPair => ({
  name,
  source: array(shape, source),
  variant: array(shape, variant),
});
const detection: DetectionReading = {
  task: "detection",
  boxesOutput: "boxes",
  scoresOutput: "scores",
  boxFormat: "xyxy",
  scoreKind: "probability",
  background: false,
  scoreThreshold: 0.5,
  iouThreshold: 0.5,
};

test("a detector is compared by the objects that it finds", () => {
  const pairs = [
    pair("boxes", [1, 2, 4], [0, 0, 4, 4, 9, 9, 12, 12], [0, 0, 4, 5, 9, 9, 12, 12]),
    pair("scores", [1, 2, 1], [0.9, 0.8], [0.9, 0.3]),
  ];
  const { agreement, task } = compareTask({ task: "detection", reading: detection }, pairs);
  expect(agreement).toBeCloseTo(2 / 3);
  expect(task).toMatchObject({ sourceCount: 2, variantCount: 1, matchedCount: 1 });
});

test("a detector with several levels, and one that draws a map", () => {
  const level = (boxes: string, scores: string, stride: number) => ({
    boxesOutput: boxes,
    scoresOutput: scores,
    stride,
    columns: 1,
    perCell: 1,
  });
  const levels = [level("b1", "s1", 8), level("b2", "s2", 100)];
  const both = compareTask({ task: "detection", reading: { ...detection, boxFormat: "cxcywh", levels } }, [
    pair("b1", [1, 1, 4], [0, 0, 4, 4], [0, 0, 4, 4]),
    pair("s1", [1, 1, 1], [0.9], [0.9]),
    pair("b2", [1, 1, 4], [0, 0, 9, 9], [0, 0, 9, 9]),
    pair("s2", [1, 1, 1], [0.9], [0.1]),
  ]);
  expect(both.task).toMatchObject({ sourceCount: 2, variantCount: 1, matchedCount: 1 });
  const ones = Array<number>(16).fill(1);
  const map = compareTask({ task: "detection", reading: { ...detection, boxesOutput: "map", boxFormat: "regions" } }, [
    pair("map", [1, 1, 4, 4], ones, ones.with(0, 0)),
  ]);
  expect(map).toMatchObject({ agreement: 1, task: { sourceCount: 1, meanIou: 1 } });
  expect(evidenceOf(map.task, 5)).toBe(1);
});

test("masks by overlap, texts by equality, values by error", () => {
  const masks = compareTask({ task: "segmentation", reading: { task: "segmentation", output: "y", layout: "nhwc" } }, [
    pair("y", [2, 1, 2, 1], [0.9, 0.1, 0.9, 0.9], [0.9, 0.1, 0.9, 0.1]),
  ]);
  expect(masks.agreement).toBeCloseTo((1 / 2 + 2 / 3) / 2);
  const texts = compareTask({ task: "sequence", reading: { task: "sequence", output: "y", blank: "last" } }, [
    pair("y", [2, 1, 2], [1, 0, 1, 0], [1, 0, 0, 1]),
  ]);
  expect(texts.agreement).toBe(0.5);
  const values = compareTask({ task: "regression", reading: null }, [pair("y", [2, 1], [1, 3], [2, 3])]);
  expect(values).toMatchObject({ agreement: null, task: { mae: 0.5 } });
});

test.each([
  ["an output that is not there", [pair("other", [1, 2, 4], Array(8).fill(0), Array(8).fill(0))], "“boxes”, and the model has “other”"],
  [
    "boxes of another shape",
    [pair("boxes", [1, 2, 3], Array(6).fill(0), Array(6).fill(0)), pair("scores", [1, 2, 1], [0, 0], [0, 0])],
    "here they are [2, 3] and [2, 1]",
  ],
])("%s is said, with what to change", (_, pairs, sentence) => {
  expect(() => compareTask({ task: "detection", reading: detection }, pairs)).toThrow(sentence);
});

test("a card that does not say how to read the outputs measures numbers only", () => {
  expect(compareTask({ task: "detection", reading: null }, [])).toEqual({ agreement: null, task: null });
});
