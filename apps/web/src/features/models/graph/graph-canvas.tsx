"use client";
import { Button } from "@flotilla/ui";
import { Maximize, Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { memo, type MouseEvent, type Ref, useEffect, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef } from "react";
import { BoxView } from "./box-view.tsx";
import { EdgeLayer } from "./edge-layer.tsx";
import { FarView, useOutlines } from "./far-view.tsx";
import { GraphMinimap } from "./graph-minimap.tsx";
import type { Marks } from "./marks.ts";
import { useBoxText } from "./use-box-text.ts";
import type { SceneState } from "./use-scene.ts";
import { useViewport } from "./use-viewport.ts";
import { useWalk } from "./use-walk.ts";
import { type Box, overlaps, visibleTiles } from "./viewport.ts";

const TILE = 480;
const FAR_SCALE = 0.34;
const ZOOM = 1.25;

export interface CanvasHandle {
  focus: () => void;
}

export interface GraphCanvasProps {
  state: SceneState;
  /** Names the picture to a screen reader. */
  label: string;
  selectedKey: string | null;
  onSelect: (key: string | null) => void;
  /** Enter: somebody wants to know more about what is selected. */
  onOpen: () => void;
  onSearch?: () => void;
  marks?: Marks | null;
  minimap?: boolean;
  className?: string;
  ref?: Ref<CanvasHandle>;
}

/** The picture itself: it is moved and zoomed, and walked through with the keyboard. Only what is on the screen is in the document. */
export function GraphCanvas({
  state,
  label,
  selectedKey,
  onSelect,
  onOpen,
  onSearch,
  marks = null,
  minimap = true,
  className = "",
  ref,
}: GraphCanvasProps) {
  const t = useTranslations("graph.canvas");
  const hintId = useId();
  const element = useRef<HTMLDivElement>(null);
  const { scene, boxByKey } = state;
  const start = scene.boxes.find(({ item }) => item.kind === "input");
  const control = useViewport(element, scene, start, state.drawing);
  const { viewport, screen } = control;
  const selected = selectedKey === null ? undefined : scene.boxes[boxByKey.get(selectedKey) ?? -1];
  const say = useBoxText(state, marks);
  const toggle = useToggle(state, control.shift);
  const onKeyDown = useWalk(state, selectedKey, {
    select: onSelect,
    toggle,
    open: onOpen,
    zoom: control.zoom,
    fit: control.fitAll,
    search: () => onSearch?.(),
    clear: () => onSelect(null),
  });
  useImperativeHandle(ref, () => ({ focus: () => element.current?.focus() }));
  useKeepInView(control, selected);
  const keyAt = (event: MouseEvent): string | null => (event.target as Element).closest<SVGElement>("[data-box]")?.dataset["box"] ?? null;
  return (
    <div className={`relative min-w-0 overflow-hidden rounded-md border bg-bg ${className}`}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/prefer-tag-over-role -- a picture that is walked through with the keyboard is an application of its own */}
      <div
        ref={element}
        role="application"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above
        tabIndex={0}
        aria-label={label}
        aria-describedby={hintId}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          if (!control.wasDragged()) onSelect(keyAt(event));
        }}
        onDoubleClick={(event) => {
          const key = keyAt(event);
          if (key !== null) toggle(key);
        }}
        {...control.pointer}
        data-scale={viewport.scale.toFixed(3)}
        className="size-full cursor-grab touch-none select-none -outline-offset-2 active:cursor-grabbing"
      >
        <svg width={screen.width} height={screen.height} aria-hidden="true" className="block">
          <g transform={`translate(${viewport.left} ${viewport.top}) scale(${viewport.scale})`}>
            <Content state={state} marks={marks} selectedKey={selectedKey} scale={viewport.scale} {...tilesOf(viewport, screen)} />
          </g>
        </svg>
      </div>
      <p id={hintId} className="sr-only">
        {t("hint")}
      </p>
      <p aria-live="polite" className="sr-only">
        {selected === undefined ? "" : say(selected)}
      </p>
      <div className="absolute top-2 right-2 flex gap-1">
        <Button size="icon-sm" aria-label={t("zoomIn")} icon={<Plus size={14} aria-hidden />} onClick={() => control.zoom(ZOOM)} />
        <Button size="icon-sm" aria-label={t("zoomOut")} icon={<Minus size={14} aria-hidden />} onClick={() => control.zoom(1 / ZOOM)} />
        <Button size="icon-sm" aria-label={t("fit")} icon={<Maximize size={14} aria-hidden />} onClick={control.fitAll} />
      </div>
      {minimap ? <GraphMinimap state={state} control={control} /> : null}
    </div>
  );
}

/** Numbers, so that the content is drawn anew only when they change. */
function tilesOf(viewport: Parameters<typeof visibleTiles>[0], screen: Parameters<typeof visibleTiles>[1]) {
  const { x, y, width, height } = visibleTiles(viewport, screen, TILE);
  return { x, y, width, height };
}

interface ContentProps extends Box {
  state: SceneState;
  marks: Marks | null;
  selectedKey: string | null;
  scale: number;
}

const Content = memo(function Content({ state, marks, selectedKey, scale, x, y, width, height }: ContentProps) {
  const { scene, view, boxByKey } = state;
  const outlines = useOutlines(view, scene);
  const window = useMemo<Box>(() => ({ x, y, width, height }), [x, y, width, height]);
  const selected = selectedKey === null ? null : (boxByKey.get(selectedKey) ?? null);
  if (scale < FAR_SCALE) {
    const box = selected === null ? undefined : scene.boxes[selected];
    return (
      <>
        <FarView outlines={outlines} scale={scale} />
        {box === undefined ? null : <FarSelection box={box} scale={scale} />}
      </>
    );
  }
  return (
    <>
      {scene.boxes.map((box, index) =>
        box.unfolded && overlaps(box, window) ? (
          <BoxView key={box.key} state={state} box={box} selected={index === selected} marks={marks} />
        ) : null,
      )}
      <EdgeLayer state={state} window={window} scale={scale} selected={selected} />
      {scene.boxes.map((box, index) =>
        !box.unfolded && overlaps(box, window) ? (
          <BoxView key={box.key} state={state} box={box} selected={index === selected} marks={marks} />
        ) : null,
      )}
    </>
  );
});

function FarSelection({ box, scale }: { box: Box; scale: number }) {
  const margin = 4 / scale;
  return (
    <rect
      x={box.x - margin}
      y={box.y - margin}
      width={box.width + 2 * margin}
      height={box.height + 2 * margin}
      fill="none"
      stroke="var(--accent)"
      strokeWidth={3 / scale}
    />
  );
}

/** Folds and unfolds; the box in question stays where it is on the screen, and the rest makes room. What cannot unfold folds what is around it. */
function useToggle(state: SceneState, shift: (by: { x: number; y: number }) => void): (key: string) => void {
  const held = useRef<{ key: string; x: number; y: number } | null>(null);
  const { scene, boxByKey, toggle } = state;
  useLayoutEffect(() => {
    const before = held.current;
    held.current = null;
    const after = before === null ? undefined : scene.boxes[boxByKey.get(before.key) ?? -1];
    if (before !== null && after !== undefined) shift({ x: after.x - before.x, y: after.y - before.y });
    // Only a new scene moves things.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [scene]);
  return (key) => {
    const box = scene.boxes[boxByKey.get(key) ?? -1];
    const target = box?.group === null && box.parent !== null ? scene.boxes[box.parent] : box;
    if (target === undefined || target.group === null) return;
    held.current = { key: target.key, x: target.x, y: target.y };
    toggle(target.group);
  };
}

/** Whatever gets selected, by whatever means, is brought onto the screen. */
function useKeepInView(control: ReturnType<typeof useViewport>, selected: (Box & { key: string; unfolded: boolean }) | undefined): void {
  const { show, screen } = control;
  const latest = useRef(show);
  useEffect(() => {
    latest.current = show;
  });
  const key = selected?.key;
  const ready = screen.width > 0;
  useEffect(() => {
    if (selected !== undefined && ready) latest.current(selected);
    // When another one is selected, not when it moves because something unfolds.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key, ready]);
}
