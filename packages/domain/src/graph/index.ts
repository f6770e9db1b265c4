export { layOutDrawing } from "./layout/lay-out-drawing.ts";
export { composeScene } from "./compose-scene.ts";
export { groupOf, type Point, rootOf, type Scene, type SceneBox, type SceneEdge } from "./scene.ts";
