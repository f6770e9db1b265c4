import { mulberry32 } from "@flotilla/onnx/test-support";

/** Whole numbers below a limit, the same in every run. */
export function randomBelow(seed: number): (limit: number) => number {
  const next = mulberry32(seed);
  return (limit) => next() % limit;
}
