import type { Point, Size } from "@flotilla/domain/graph";

/** Where the picture stands on the screen: a point of it is drawn at `x · scale + left`, `y · scale + top`. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

export interface Box extends Point, Size {}

const MARGIN = 24;
const MAX_SCALE = 2.5;
/** Smaller than this, words cannot be read: a first look rather begins at the top. */
const READABLE_SCALE = 0.62;
/** So much of the picture stays on the screen. */
const KEPT = 64;

/** The smallest scale that makes sense: the whole picture, with some air. */
function minScale(screen: Size, scene: Size): number {
  return Math.min(0.25, fitScale(screen, scene) * 0.8);
}

function fitScale(screen: Size, scene: Size): number {
  const width = Math.max(1, screen.width - 2 * MARGIN);
  const height = Math.max(1, screen.height - 2 * MARGIN);
  return Math.min(width / Math.max(1, scene.width), height / Math.max(1, scene.height));
}

/** The whole picture, in the middle. */
export function fit(screen: Size, scene: Size): Viewport {
  const scale = Math.min(1, fitScale(screen, scene));
  return { scale, left: (screen.width - scene.width * scale) / 2, top: (screen.height - scene.height * scale) / 2 };
}

/** What is seen at first: the whole picture where its words can be read, else its beginning, with `start` in the middle. */
export function firstLook(screen: Size, scene: Size, start: Box | undefined): Viewport {
  const whole = fit(screen, scene);
  if (whole.scale >= READABLE_SCALE) return whole;
  const scale = Math.min(1, Math.max(READABLE_SCALE + 0.18, (screen.width - 2 * MARGIN) / Math.max(1, scene.width)));
  const middle = start === undefined ? scene.width / 2 : start.x + start.width / 2;
  return { scale, left: screen.width / 2 - middle * scale, top: MARGIN - (start?.y ?? 0) * scale };
}

/** Keeps a part of the picture on the screen. */
export function clamp(viewport: Viewport, screen: Size, scene: Size): Viewport {
  const between = (value: number, length: number, room: number): number => Math.min(room - KEPT, Math.max(KEPT - length, value));
  const { scale } = viewport;
  return {
    scale,
    left: between(viewport.left, scene.width * scale, screen.width),
    top: between(viewport.top, scene.height * scale, screen.height),
  };
}

/** Moves as a wheel does: up to the picture's edges and no further; the same object where there is nothing more to see that way. */
export function scrollBy(viewport: Viewport, by: Point, screen: Size, scene: Size): Viewport {
  const along = (start: number, distance: number, length: number, room: number): number => {
    const least = Math.min(start, room - length - MARGIN);
    const most = Math.max(start, MARGIN);
    return Math.min(most, Math.max(least, start - distance));
  };
  const { scale } = viewport;
  const left = along(viewport.left, by.x, scene.width * scale, screen.width);
  const top = along(viewport.top, by.y, scene.height * scale, screen.height);
  return left === viewport.left && top === viewport.top ? viewport : { scale, left, top };
}

/** Scales by a factor while the point of the screen stays where it is. */
export function zoomAt(viewport: Viewport, factor: number, at: Point, screen: Size, scene: Size): Viewport {
  const scale = Math.min(MAX_SCALE, Math.max(minScale(screen, scene), viewport.scale * factor));
  const ratio = scale / viewport.scale;
  return clamp({ scale, left: at.x - (at.x - viewport.left) * ratio, top: at.y - (at.y - viewport.top) * ratio }, screen, scene);
}

/** Moves as little as brings a box onto the screen with some room around it; into the middle where it was far away. */
export function bringIntoView(viewport: Viewport, box: Box, screen: Size): Viewport {
  const { scale } = viewport;
  const along = (start: number, position: number, length: number, room: number): number => {
    const from = position * scale + start;
    const to = from + length * scale;
    const margin = Math.min(MARGIN * 2, room / 4);
    if (from >= margin && to <= room - margin) return start;
    if (to < -room || from > 2 * room || length * scale > room - 2 * margin)
      return room / 2 - (position + Math.min(length, room / scale) / 2) * scale;
    return from < margin ? start + margin - from : start + room - margin - to;
  };
  return {
    scale,
    left: along(viewport.left, box.x, box.width, screen.width),
    top: along(viewport.top, box.y, box.height, screen.height),
  };
}

/** The part of the picture that is on the screen, widened to whole tiles, so that it seldom changes. */
export function visibleTiles(viewport: Viewport, screen: Size, tile: number): Box {
  const floor = (value: number): number => Math.floor(value / tile) * tile;
  const x = floor(-viewport.left / viewport.scale);
  const y = floor(-viewport.top / viewport.scale);
  const right = floor((screen.width - viewport.left) / viewport.scale) + tile;
  const bottom = floor((screen.height - viewport.top) / viewport.scale) + tile;
  return { x, y, width: right - x, height: bottom - y };
}

export function overlaps(left: Box, right: Box): boolean {
  return (
    left.x < right.x + right.width && right.x < left.x + left.width && left.y < right.y + right.height && right.y < left.y + left.height
  );
}
