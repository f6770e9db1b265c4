export { type Kernel, readRuntimeProfile } from "./read-runtime-profile.ts";
export { isIntegerKernel, type QuantisedNode, summarisePlacement } from "./summarise-placement.ts";
export { type TimedModel, timeNodes, type TimedNode } from "./time-nodes.ts";
