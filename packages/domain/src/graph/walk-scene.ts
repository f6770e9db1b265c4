import { rootOf, type Scene, type SceneBox } from "./scene.ts";
import type { GraphDrawing, GraphView } from "@flotilla/contracts";

/** Which boxes a person can step to from each box, along its edges. Doors of unfolded blocks are passed through. */
export interface Steps {
  readonly down: ReadonlyMap<number, readonly number[]>;
  readonly up: ReadonlyMap<number, readonly number[]>;
}

export type Direction = "up" | "down" | "left" | "right";

interface Context {
  readonly scene: Scene;
  readonly root: (value: number) => number;
  readonly leaving: ReadonlyMap<number, readonly { readonly to: number; readonly value: number }[]>;
  readonly doors: ReadonlyMap<string, number>;
  /** The first box inside each unfolded one that edges do not lead into: the bodies of a node. */
  readonly firstInside: ReadonlyMap<number, number>;
}

export function stepsOf(view: GraphView, drawing: GraphDrawing, scene: Scene): Steps {
  const leaving = new Map<number, { to: number; value: number }[]>();
  for (const { from, to, value } of scene.edges) {
    const known = leaving.get(from);
    if (known === undefined) leaving.set(from, [{ to, value }]);
    else known.push({ to, value });
  }
  const doors = new Map<string, number>();
  const firstInside = new Map<number, number>();
  for (const [index, box] of scene.boxes.entries()) {
    if (box.parent === null) continue;
    if (box.item.kind === "entry") doors.set(`${box.parent} ${box.item.value}`, index);
    else if (!firstInside.has(box.parent)) firstInside.set(box.parent, index);
  }
  const context: Context = { scene, root: (value) => rootOf(view, drawing, value), leaving, doors, firstInside };
  const down = new Map<number, number[]>();
  const up = new Map<number, number[]>();
  for (const [index, box] of scene.boxes.entries()) {
    if (isDoor(box)) continue;
    for (const target of new Set(targetsOf(context, index))) {
      if (target === index) continue;
      down.set(index, [...(down.get(index) ?? []), target]);
      up.set(target, [...(up.get(target) ?? []), index]);
    }
  }
  return { down, up };
}

const isDoor = (box: SceneBox | undefined): boolean => box?.item.kind === "entry" || box?.item.kind === "exit";

function targetsOf(context: Context, index: number): number[] {
  const { scene, leaving, firstInside } = context;
  const box = scene.boxes[index];
  const first = box?.unfolded === true ? firstInside.get(index) : undefined;
  const inside = first === undefined || !leadsToBodies(box) ? [] : [first];
  const last = box?.item.kind === "output" && box.parent !== null ? behind(context, box.parent) : [];
  return [...inside, ...last, ...(leaving.get(index) ?? []).flatMap(({ to, value }) => land(context, to, value))];
}

const leadsToBodies = (box: SceneBox | undefined): boolean => box?.item.kind === "node" || box?.item.kind === "group";

/** What follows the box around a body, or the next one around that. */
function behind(context: Context, parent: number): number[] {
  const next = (context.leaving.get(parent) ?? []).flatMap(({ to, value }) => land(context, to, value));
  const around = context.scene.boxes[parent]?.parent ?? null;
  return next.length > 0 || around === null ? next : behind(context, around);
}

/** Where somebody arrives who follows a value to a box: inside it where it is unfolded, outside it where the box is an exit. */
function land(context: Context, index: number, value: number): number[] {
  const { scene, doors, leaving, root } = context;
  const box = scene.boxes[index];
  if (box === undefined) return [];
  const passOn = (from: number, only: number | null): number[] =>
    (leaving.get(from) ?? []).flatMap((edge) => (only === null || root(edge.value) === only ? land(context, edge.to, edge.value) : []));
  if (box.item.kind === "entry") return passOn(index, null);
  if (box.item.kind === "exit") return box.parent === null ? [] : passOn(box.parent, root(box.item.value));
  const door = box.unfolded ? doors.get(`${index} ${root(value)}`) : undefined;
  return door === undefined ? [index] : passOn(door, null);
}

/** The box to step to, or null where there is none that way. Sideways goes to the nearest box beside it. */
export function step(scene: Scene, steps: Steps, from: number, direction: Direction): number | null {
  const here = scene.boxes[from];
  if (here === undefined) return null;
  const centre = (box: SceneBox): number => box.x + box.width / 2;
  if (direction === "up" || direction === "down") {
    const candidates = (direction === "up" ? steps.up : steps.down).get(from) ?? [];
    return nearest(candidates, (index) => {
      const box = scene.boxes[index];
      return box === undefined ? Infinity : Math.abs(centre(box) - centre(here)) + Math.abs(box.y - here.y) / 4;
    });
  }
  const sign = direction === "left" ? -1 : 1;
  return nearest(scene.boxes.keys(), (index) => {
    const box = scene.boxes[index];
    if (box === undefined || index === from || isDoor(box) || box.unfolded) return Infinity;
    const beside = box.y < here.y + here.height && box.y + box.height > here.y;
    const distance = (centre(box) - centre(here)) * sign;
    return beside && distance > 0 ? distance : Infinity;
  });
}

function nearest(indexes: Iterable<number>, distance: (index: number) => number): number | null {
  let best: number | null = null;
  let least = Infinity;
  for (const index of indexes) {
    const at = distance(index);
    if (at < least) [best, least] = [index, at];
  }
  return best;
}
