/** What tests and benchmarks share: the trained models with their frameworks' answers, and how far ours are from them. */
export { type Fixture, type FixtureRun, kerasFixtures, layerFixtures, tfliteFixtures } from "./fixtures.ts";
export { readNpy } from "./read-npy.ts";
export type { TestTensor } from "./model-archive.ts";
export { elements, runFile, stepsAway, worstDistance } from "./run-converted.ts";
