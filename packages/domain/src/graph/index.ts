export { layOutDrawing } from "./layout/lay-out-drawing.ts";
export { composeScene } from "./compose-scene.ts";
export { groupOf, type Point, rootOf, type Scene, type SceneBox, type SceneEdge } from "./scene.ts";
export { opFamilies, type OpFamily, opFamily } from "./op-family.ts";
export { type DiffEntry, type DiffStatus, diffStatuses, type NodeChange } from "./diff/diff-entry.ts";
export { diffGraphs, type GraphDiff } from "./diff/diff-graphs.ts";
export { type DiffSummary, summariseDiff } from "./diff/summarise-diff.ts";
export { type NodeCost, nodeCosts } from "./node-costs.ts";
