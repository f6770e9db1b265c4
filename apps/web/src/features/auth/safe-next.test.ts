import { expect, test } from "vitest";
import { safeNext } from "./safe-next.ts";

test.each([
  ["/devices?q=cam", "/devices?q=cam"],
  ["//evil.example", "/"],
  ["https://evil.example", "/"],
  ["/\\evil.example", "/"],
  [undefined, "/"],
  [["/a", "/b"], "/"],
])("after signing in, %j opens %s", (value, path) => {
  expect(safeNext(value)).toBe(path);
});
