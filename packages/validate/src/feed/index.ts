export { type ElementValues, toElements } from "./element-values.ts";
export { type ConstantInputs, findConstants } from "./find-constants.ts";
export { type FeedPlan, type InputFeed, type ModelTensor, planFeeds, type SampleArray } from "./plan-feeds.ts";
export { firstFeeds, runSteps, type StepTensor, type StepTensors } from "./run-steps.ts";
