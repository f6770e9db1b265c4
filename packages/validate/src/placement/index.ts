export { type Kernel, readRuntimeProfile } from "./read-runtime-profile.ts";
export { isIntegerKernel, type QuantisedNode, summarisePlacement } from "./summarise-placement.ts";
