/** For tests of packages that stand on this one: small models, and numbers that are the same in every run. */
export { buildModel, type ModelSketch, noise } from "./build-model.ts";
export { mulberry32 } from "./mulberry32.ts";
