/**
 * Packs the node tests of the operators in our set out of Debian's libonnx-testdata (ONNX's backend tests, Apache-2.0) into the file that
 * `npm test` reads: `node packages/onnx/src/test-support/node-tests/pack.ts`. Five large ones stay out.
 */
import { writeFileSync } from "node:fs";
import { packTests } from "./archive.ts";
import { checkNodeTest } from "./check-node-test.ts";
import type { NodeTest } from "./node-test.ts";
import { PACKED } from "./read-packed.ts";
import { readInstalled } from "./read-installed.ts";

const LARGEST_BYTES = 60_000;

const sizeOf = (test: NodeTest): number =>
  [test.model, ...test.inputs, ...test.outputs].reduce((total, bytes) => total + bytes.byteLength, 0);

const installed = readInstalled();
if (installed === null) throw new Error("libonnx-testdata is not installed.");
const chosen = installed.filter((test) => sizeOf(test) <= LARGEST_BYTES && checkNodeTest(test) !== null);
const packed = packTests(chosen);
writeFileSync(PACKED, packed);
process.stdout.write(`${chosen.length} of ${installed.length} node tests, ${packed.byteLength} bytes\n`);
