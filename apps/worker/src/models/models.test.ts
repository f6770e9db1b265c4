import { deflateRawSync } from "node:zlib";
import { isFlotillaError, type TensorSpec } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import { proposeCard } from "./propose-card.ts";
import { recogniseFormat } from "./recognise-format.ts";

const spec = (shape: TensorSpec["shape"], type: TensorSpec["type"] = "float32"): TensorSpec => ({ name: "x", type, shape });

describe("proposeCard", () => {
  test.each<[string, TensorSpec[], object | null]>([
    ["NHWC grey", [spec(["n", 28, 28, 1])], { width: 28, height: 28, channels: 1, layout: "nhwc", scale: 1 / 255 }],
    ["NCHW colour", [spec([1, 3, 224, 320])], { width: 320, height: 224, channels: 3, layout: "nchw" }],
    ["raw bytes", [spec([1, 8, 8, 3], "uint8")], { scale: 1 }],
    ["a row of features", [spec(["n", 12])], null],
    ["an open size", [spec(["n", "h", "w", 3])], null],
    ["two inputs", [spec([1, 8, 8, 3]), spec([1, 8, 8, 3])], null],
    ["tokens", [spec([1, 8, 8, 3], "int64")], null],
  ])("%s", (_, inputs, expected) => {
    const { preprocessing } = proposeCard({ inputs, outputs: [] });
    if (expected === null) expect(preprocessing).toBeNull();
    else expect(preprocessing).toMatchObject(expected);
  });

  test.each<[TensorSpec["shape"], string]>([
    [["n", 10], "classification"],
    [["n", 1], "other"],
    [["n", 8, 8, 4], "other"],
  ])("an output of %j is %s", (shape, task) => {
    expect(proposeCard({ inputs: [], outputs: [spec(shape)] }).task).toBe(task);
  });
});

describe("recogniseFormat says what a file really is", () => {
  const HDF5 = Buffer.concat([Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(64)]);
  const TFLITE = Buffer.concat([Buffer.from([0x1c, 0, 0, 0]), Buffer.from("TFL3"), Buffer.alloc(64)]);
  test.each<[string, string, Uint8Array, string]>([
    ["HDF5", "model.h5", HDF5, "keras-h5"],
    ["HDF5 under Keras' other extension, as Keras 2.11 wrote it", "model.keras", HDF5, "keras-h5"],
    ["TFLite", "model.tflite", TFLITE, "tflite"],
    ["TFLite under a name that promises nothing", "model.bin", TFLITE, "tflite"],
  ])("%s", (_, fileName, bytes, format) => expect(recogniseFormat(bytes, fileName)).toBe(format));

  test.each<[string, string, Uint8Array, string, string]>([
    ["HDF5 called .tflite", "model.tflite", HDF5, "WRONG_EXTENSION", "Keras model (HDF5)"],
    ["TFLite called .onnx", "model.onnx", TFLITE, "WRONG_EXTENSION", "TensorFlow Lite"],
    ["nothing", "model.onnx", new Uint8Array(), "EMPTY_FILE", "0 bytes"],
    ["a pickle", "model.pt", Buffer.from([0x80, 4, 0x95, 0, 0]), "NOT_A_MODEL", "pickle"],
    [
      "a Git LFS pointer",
      "model.onnx",
      Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
      "NOT_A_MODEL",
      "git lfs pull",
    ],
    ["a model.json without its weights", "model.json", Buffer.from('{"modelTopology":{}}'), "NOT_A_MODEL", "without the weights"],
    ["a log-in page", "model.onnx", Buffer.from("<!DOCTYPE html><html>Sign in</html>"), "NOT_A_MODEL", "web page"],
    ["noise", "model.bin", deflateRawSync(Buffer.from("noise noise noise")), "NOT_A_MODEL", "not a model"],
  ])("%s", (_, fileName, bytes, code, words) => {
    try {
      recogniseFormat(bytes, fileName);
      expect.fail("nothing was refused");
    } catch (error) {
      expect(isFlotillaError(error) ? [error.code, error.message] : error).toEqual([code, expect.stringContaining(words)]);
    }
  });
});
