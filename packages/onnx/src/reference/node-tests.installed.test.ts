import { describe, expect, test } from "vitest";
import { checkByFamily, countOf } from "../test-support/node-tests/by-family.ts";
import { readInstalled } from "../test-support/node-tests/read-installed.ts";

const tests = readInstalled();
const families = checkByFamily(tests ?? []);

/** The whole of Debian's libonnx-testdata, where it is installed; the packed part runs everywhere (node-tests.test.ts). */
describe.skipIf(tests === null)(`ONNX's node tests, installed: ${tests?.length ?? "libonnx-testdata is not here, 771 are skipped"}`, () => {
  test(`${countOf(families)} of them are of our operators`, () => expect(countOf(families)).toBeGreaterThanOrEqual(771));

  test("the interpreter agrees with all of those", () => expect(families.flatMap(({ interpreter }) => interpreter)).toEqual([]));

  test("inference agrees with all of those", () => expect(families.flatMap(({ inference }) => inference)).toEqual([]));
});
