import { describe, expect, it } from "vitest";
import { releaseFileSchema } from "./manifest.ts";

const file = { name: "model.onnx", sha256: "a".repeat(64), sizeBytes: 12 };

describe("a file of a release becomes a path inside a slot, so its name", () => {
  it.each(["model.onnx", "golden-input-0.npy", "a", "0_b.c-d"])("may be %s", (name) => {
    expect(releaseFileSchema.safeParse({ ...file, name }).success).toBe(true);
  });

  it.each(["", ".", "..", "../x", "a/b", "a\\b", "/etc/passwd", ".hidden", "Model.onnx", "a\0b", "a\nb", "x".repeat(101)])(
    "may not be %j",
    (name) => {
      expect(releaseFileSchema.safeParse({ ...file, name }).success).toBe(false);
    },
  );
});

it.each([0, -1, 1.5, Number.NaN])("a size of %d bytes is none", (sizeBytes) => {
  expect(releaseFileSchema.safeParse({ ...file, sizeBytes }).success).toBe(false);
});
