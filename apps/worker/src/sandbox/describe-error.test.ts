import { FlotillaError } from "@flotilla/contracts";
import { OnnxError } from "@flotilla/onnx";
import { expect, test } from "vitest";
import { describeError } from "./describe-error.ts";

test.each<[what: string, error: unknown, code: string]>([
  ["one of ours keeps its code", new FlotillaError("INVALID_GRAPH", "Broken."), "INVALID_GRAPH"],
  ["one of packages/onnx too", new OnnxError("TOO_DEEP", "Deep."), "TOO_DEEP"],
  ["an array that cannot be allocated is a lack of memory", new RangeError("Array buffer allocation failed"), "OUT_OF_MEMORY"],
  ["anything else is a fault of ours", new TypeError("x is not a function"), "CHILD_CRASHED"],
])("%s", (_, error, code) => expect(describeError(error).code).toBe(code));

test("a sentence that quotes a name of megabytes does not leave the child as it is", () => {
  const { message } = describeError(new FlotillaError("INVALID_GRAPH", `"${"x".repeat(5_000_000)}" is broken.`));
  expect(message).toHaveLength(8_001);
});
