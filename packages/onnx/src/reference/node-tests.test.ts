import { describe, expect, test } from "vitest";
import { checkByFamily, countOf } from "../test-support/node-tests/by-family.ts";
import { readPacked } from "../test-support/node-tests/read-packed.ts";
import { OPERATOR_FAMILIES } from "./run-node.ts";

const families = checkByFamily(readPacked());

describe("ONNX's node tests, packed", () => {
  test("are all there", () => expect(countOf(families)).toBe(766));

  test("cover every family of operators", () => {
    const missing = Object.keys(OPERATOR_FAMILIES).filter((family) => !families.some(({ name }) => name === family));
    expect(missing).toEqual([]);
  });

  test.each(families)("interpreter, $name: $count tests", ({ interpreter }) => expect(interpreter).toEqual([]));

  test.each(families)("inference, $name: $count tests", ({ inference }) => expect(inference).toEqual([]));
});
