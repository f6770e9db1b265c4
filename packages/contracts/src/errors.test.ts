import { expect, it } from "vitest";
import { ERROR_CODES, errorCodes, FlotillaError, isFlotillaError } from "./errors.ts";

it("an error carries its code, its sentence, its details, its cause and its status", () => {
  const cause = new Error("disk");
  const error = new FlotillaError("TOO_LARGE", "The file has 3 GB; 2 GB is the limit.", { cause, details: { sizeBytes: 3e9 } });
  expect(error).toMatchObject({
    code: "TOO_LARGE",
    message: "The file has 3 GB; 2 GB is the limit.",
    status: 413,
    details: { sizeBytes: 3e9 },
  });
  expect(error.cause).toBe(cause);
  expect(isFlotillaError(error)).toBe(true);
  expect(isFlotillaError(cause)).toBe(false);
});

it("every code maps to an HTTP status of an error", () => {
  for (const code of errorCodes) expect(ERROR_CODES[code].status, code).toBeGreaterThanOrEqual(400);
});
