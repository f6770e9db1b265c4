"use client";
import type { Point, Size } from "@flotilla/domain/graph";
import { type PointerEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Box, bringIntoView, clamp, firstLook, fit, scrollBy, type Viewport, zoomAt } from "./viewport.ts";

const WHEEL_ZOOM = 0.0016;
/** A press that moves less than this is a click. */
const CLICK_PX = 4;

export interface ViewportControl {
  viewport: Viewport;
  screen: Size;
  zoom: (factor: number) => void;
  fitAll: () => void;
  /** Moves the screen so that the point of the picture is in its middle. */
  centreOn: (point: Point) => void;
  show: (box: Box) => void;
  /** Moves the picture along when something in it moved, so that what the person looks at stays. */
  shift: (by: Point) => void;
  pointer: {
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: (event: PointerEvent) => void;
    onPointerCancel: (event: PointerEvent) => void;
  };
  /** Whether the press that just ended was a drag and no click. */
  wasDragged: () => boolean;
}

/** Pan by dragging, by the wheel and by two fingers; zoom by pinching, by the wheel with Ctrl, and by calls. */
export function useViewport(
  element: RefObject<HTMLElement | null>,
  scene: Size,
  start: Box | undefined,
  identity: unknown,
): ViewportControl {
  const screen = useScreen(element);
  const [viewport, setViewport] = useState<Viewport>({ left: 0, top: 0, scale: 1 });
  const shown = useRef<{ identity: unknown; width: number }>({ identity: null, width: 0 });
  useLayoutEffect(() => {
    if (screen.width === 0) return;
    const { identity: known, width } = shown.current;
    shown.current = { identity, width: screen.width };
    if (known !== identity) setViewport(firstLook(screen, scene, start));
    // What was in the middle stays there when something opens beside the picture.
    else if (width !== screen.width) setViewport((before) => ({ ...before, left: before.left + (screen.width - width) / 2 }));
  }, [screen, scene, start, identity]);
  const change = useCallback(
    (edit: (before: Viewport) => Viewport) => setViewport((before) => clamp(edit(before), screen, scene)),
    [screen, scene],
  );
  const zoomTo = useCallback(
    (factor: number, at: Point) => setViewport((before) => zoomAt(before, factor, at, screen, scene)),
    [screen, scene],
  );
  const latest = useRef(viewport);
  useEffect(() => {
    latest.current = viewport;
  });
  const scroll = useCallback(
    (by: Point): boolean => {
      const after = scrollBy(latest.current, by, screen, scene);
      if (after === latest.current) return false;
      latest.current = after;
      setViewport(after);
      return true;
    },
    [screen, scene],
  );
  useWheel(element, scroll, zoomTo);
  const { pointer, wasDragged } = usePointers(element, change, zoomTo);
  return {
    viewport,
    screen,
    zoom: (factor) => zoomTo(factor, { x: screen.width / 2, y: screen.height / 2 }),
    fitAll: () => setViewport(fit(screen, scene)),
    centreOn: (point) =>
      change(({ scale }) => ({ scale, left: screen.width / 2 - point.x * scale, top: screen.height / 2 - point.y * scale })),
    show: (box) => change((before) => bringIntoView(before, box, screen)),
    shift: (by) => change(({ scale, left, top }) => ({ scale, left: left - by.x * scale, top: top - by.y * scale })),
    pointer,
    wasDragged,
  };
}

function useScreen(element: RefObject<HTMLElement | null>): Size {
  const [screen, setScreen] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const node = element.current;
    if (node === null) return undefined;
    const observer = new ResizeObserver(() => setScreen({ width: node.clientWidth, height: node.clientHeight }));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return screen;
}

type Change = (edit: (before: Viewport) => Viewport) => void;
type Zoom = (factor: number, at: Point) => void;
/** False where there is nothing more to see that way. */
type Scroll = (by: Point) => boolean;

/** React's wheel listener cannot keep the page from scrolling. At the picture's end the wheel scrolls the page, as in any box that scrolls. */
function useWheel(element: RefObject<HTMLElement | null>, scroll: Scroll, zoomTo: Zoom): void {
  useEffect(() => {
    const node = element.current;
    if (node === null) return undefined;
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoomTo(Math.exp(-event.deltaY * WHEEL_ZOOM * (event.deltaMode === 1 ? 16 : 1)), pointIn(node, event));
        return;
      }
      const unit = event.deltaMode === 1 ? 16 : 1;
      const [x, y] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      if (scroll({ x: x * unit, y: y * unit })) event.preventDefault();
    };
    node.addEventListener("wheel", onWheel, { passive: false });
    return () => node.removeEventListener("wheel", onWheel);
  }, [element, scroll, zoomTo]);
}

function pointIn(node: HTMLElement, event: { clientX: number; clientY: number }): Point {
  const { left, top } = node.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function usePointers(
  element: RefObject<HTMLElement | null>,
  change: Change,
  zoomTo: Zoom,
): Pick<ViewportControl, "pointer" | "wasDragged"> {
  const pressed = useRef(new Map<number, Point>());
  const travelled = useRef(0);
  const end = (event: PointerEvent): void => {
    pressed.current.delete(event.pointerId);
  };
  return {
    wasDragged: () => travelled.current > CLICK_PX,
    pointer: {
      onPointerDown: (event) => {
        if (event.pointerType === "mouse" && event.button !== 0) return;
        if (pressed.current.size === 0) travelled.current = 0;
        pressed.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      },
      onPointerMove: (event) => {
        const before = pressed.current.get(event.pointerId);
        const node = element.current;
        if (before === undefined || node === null) return;
        const now = { x: event.clientX, y: event.clientY };
        const fingers = [...pressed.current.entries()];
        const other = fingers.find(([id]) => id !== event.pointerId)?.[1];
        travelled.current += Math.hypot(now.x - before.x, now.y - before.y);
        // Captured only once it is a drag: a click must still reach what is under it.
        if (travelled.current > CLICK_PX && !node.hasPointerCapture(event.pointerId)) node.setPointerCapture(event.pointerId);
        pressed.current.set(event.pointerId, now);
        const share = fingers.length > 1 ? 0.5 : 1;
        if (travelled.current > CLICK_PX)
          change(({ scale, left, top }) => ({ scale, left: left + (now.x - before.x) * share, top: top + (now.y - before.y) * share }));
        if (other === undefined) return;
        const spread = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
        zoomTo(spread(now) / spread(before), pointIn(node, { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }));
      },
      onPointerUp: end,
      onPointerCancel: end,
    },
  };
}
