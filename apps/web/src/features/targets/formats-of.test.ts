import { expect, test } from "vitest";
import { formatsOfSource } from "./formats-of.ts";

test("an uploaded TFLite file is one that devices take itself; other formats are there as ONNX only", () => {
  expect(formatsOfSource("tflite")).toEqual(["onnx", "tflite"]);
  expect(formatsOfSource("keras-h5")).toEqual(["onnx"]);
  expect(formatsOfSource(null)).toEqual(["onnx"]);
});
