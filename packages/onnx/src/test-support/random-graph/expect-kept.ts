import fc from "fast-check";
import { expect } from "vitest";
import { agreesInRuntime, checkOnce, type PassCase } from "./check-pass.ts";

const GRAPHS = 500;
/** A pass that hardly ever fires proves nothing. */
const LEAST_SHARE = 0.4;
const IN_RUNTIME = 6;

/** Expects the outputs of 500 generated graphs to be kept by the reference interpreter, and those of some of them in onnxruntime. */
export async function expectKept(given: PassCase): Promise<void> {
  let fired = 0;
  const samples: ReturnType<typeof checkOnce>[] = [];
  const property = fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => {
    const outcome = checkOnce(given, seed);
    if (!outcome.fired) return;
    fired += 1;
    if (samples.length < IN_RUNTIME) samples.push(outcome);
  });
  fc.assert(property, { numRuns: GRAPHS, seed: 4, endOnFailure: true });
  expect(fired / GRAPHS).toBeGreaterThanOrEqual(LEAST_SHARE);
  let compared = 0;
  for (const sample of samples) if (await agreesInRuntime(sample)) compared += 1;
  expect(compared).toBeGreaterThanOrEqual(IN_RUNTIME - 2);
}
