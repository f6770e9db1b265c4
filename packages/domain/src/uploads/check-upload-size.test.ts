import { expect, test } from "vitest";
import { checkUploadSize, MAX_UPLOAD_BYTES } from "./check-upload-size.ts";

const check = (kind: "model" | "data-set", sizeBytes: number) => () => checkUploadSize({ kind, fileName: "a.bin", sizeBytes });

test.each([
  ["a model of one byte", "model", 1, null],
  ["a model at the limit", "model", MAX_UPLOAD_BYTES.model, null],
  ["a data set that would be too much for a model", "data-set", MAX_UPLOAD_BYTES.model + 1, null],
  ["nothing", "model", 0, { code: "EMPTY_FILE" }],
  ["a model over the limit", "model", MAX_UPLOAD_BYTES.model + 1, { code: "TOO_LARGE" }],
  ["a data set over the limit", "data-set", MAX_UPLOAD_BYTES["data-set"] + 1, { code: "TOO_LARGE" }],
] as const)("%s", (_, kind, sizeBytes, error) => {
  if (error === null) expect(check(kind, sizeBytes)).not.toThrow();
  else expect(check(kind, sizeBytes)).toThrow(expect.objectContaining(error));
});
