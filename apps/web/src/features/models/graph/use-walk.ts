"use client";
import { type Direction, step } from "@flotilla/domain/graph";
import type { KeyboardEvent } from "react";
import type { SceneState } from "./use-scene.ts";

const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
const ZOOM = 1.25;

export interface WalkActions {
  select: (key: string) => void;
  toggle: (key: string) => void;
  open: () => void;
  zoom: (factor: number) => void;
  fit: () => void;
  search: () => void;
  clear: () => void;
}

/** What keys do in the picture: arrows follow the edges, the rest is said below it. */
export function useWalk(state: SceneState, selectedKey: string | null, actions: WalkActions): (event: KeyboardEvent) => void {
  const { scene, steps, boxByKey } = state;
  const place = selectedKey === null ? undefined : boxByKey.get(selectedKey);
  const first = () => scene.boxes.findIndex(({ item }) => item.kind === "input" || item.kind === "node" || item.kind === "group");
  const walkable = scene.boxes.flatMap(({ item }, index) => (item.kind === "entry" || item.kind === "exit" ? [] : index));
  const topmost = () => walkable.toSorted((a, b) => (scene.boxes[a]?.y ?? 0) - (scene.boxes[b]?.y ?? 0));
  const go = (index: number | null | undefined) => {
    const box = index === null || index === undefined ? undefined : scene.boxes[index];
    if (box !== undefined) actions.select(box.key);
  };
  const keys: Record<string, () => void> = {
    Enter: () => (selectedKey === null ? go(first()) : actions.open()),
    " ": () => {
      if (selectedKey !== null) actions.toggle(selectedKey);
    },
    Home: () => go(topmost()[0]),
    End: () => go(topmost().at(-1)),
    "+": () => actions.zoom(ZOOM),
    "=": () => actions.zoom(ZOOM),
    "-": () => actions.zoom(1 / ZOOM),
    f: actions.fit,
    F: actions.fit,
    "0": actions.fit,
    "/": actions.search,
    Escape: actions.clear,
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ARROWS[event.key];
    if (direction === undefined && keys[event.key] === undefined) return;
    event.preventDefault();
    if (direction === undefined) keys[event.key]?.();
    else if (place === undefined) go(topmost()[0]);
    else go(step(scene, steps, place, direction));
  };
}
