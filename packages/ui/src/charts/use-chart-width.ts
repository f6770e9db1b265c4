"use client";
import { type RefObject, useRef } from "react";
import { useWidth } from "./use-width.ts";

/** Narrower than this the words of a chart would lie on each other. */
const NARROWEST = 240;

/**
 * How wide a picture is drawn, in its own units: one a pixel, so that words have their size on a phone as well. Until it is laid out, and where there is
 * more room than it needs, `widest`.
 */
export function useChartWidth<E extends Element>(widest: number): { box: RefObject<E | null>; width: number } {
  const box = useRef<E>(null);
  const width = useWidth(box);
  return { box, width: width === 0 ? widest : Math.max(NARROWEST, Math.min(widest, width)) };
}
