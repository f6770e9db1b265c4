import type { Handler, RequestKind } from "../protocol.ts";

/**
 * One handler a request: a new kind of request does not compile until it has one. Each is loaded when it is asked for, since a child
 * answers one request and reading a zip needs no runtime.
 */
export const handlers: { [K in RequestKind]: () => Promise<Handler<K>> } = {
  "inspect-model": async () => (await import("./inspect-model.ts")).inspectModel,
  "check-conversion": async () => (await import("./check-conversion.ts")).checkConversion,
  "check-samples": async () => (await import("./check-samples.ts")).checkSamples,
  "inspect-data-set": async () => (await import("./inspect-data-set.ts")).inspectDataSet,
  "build-variant": async () => (await import("./build-variant.ts")).buildVariant,
  predict: async () => (await import("./predict.ts")).predict,
  compare: async () => (await import("./compare.ts")).compare,
  "export-model": async () => (await import("./export-model.ts")).exportModel,
  "draw-graph": async () => (await import("./draw-graph.ts")).drawGraph,
  "report-targets": async () => (await import("./report-targets.ts")).reportTargets,
  "measure-latency": async () => (await import("./measure-latency.ts")).measureLatency,
  "profile-placement": async () => (await import("./profile-placement.ts")).profilePlacement,
  search: async () => (await import("./search.ts")).search,
  "golden-set": async () => (await import("./golden-set.ts")).goldenSet,
};
