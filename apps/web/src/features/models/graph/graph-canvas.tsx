"use client";
import type { SceneBox } from "@flotilla/domain/graph";
import { Button } from "@flotilla/ui";
import { Maximize, Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import {
  memo,
  type MouseEvent,
  type Ref,
  type RefObject,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import { BoxView, FrameTitle } from "./box-view.tsx";
import { EdgeLayer } from "./edge-layer.tsx";
import { FarView, useOutlines } from "./far-view.tsx";
import { GraphMinimap } from "./graph-minimap.tsx";
import type { Marks } from "./marks.ts";
import { useBoxText } from "./use-box-text.ts";
import type { SceneState } from "./use-scene.ts";
import type { Times } from "./use-times.ts";
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
  /** Colours the nodes by their time. */
  times?: Times | null;
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
  times = null,
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
  const anchor = useRef<string | null>(null);
  const toggle = useToggle(state, anchor);
  useAnchor(state, control, anchor);
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
            <Content
              state={state}
              marks={marks}
              times={times}
              selectedKey={selectedKey}
              scale={viewport.scale}
              {...tilesOf(viewport, screen)}
            />
          </g>
        </svg>
      </div>
      <p id={hintId} className="sr-only">
        {t("hint")}
      </p>
      <p aria-live="polite" className="sr-only">
        {selected === undefined ? "" : say(selected)}
      </p>
      <div className="absolute bottom-2 left-2 flex gap-1">
        <Button size="icon-sm" aria-label={t("zoomIn")} icon={<Plus size={14} aria-hidden />} onClick={() => control.zoom(ZOOM)} />
        <Button size="icon-sm" aria-label={t("zoomOut")} icon={<Minus size={14} aria-hidden />} onClick={() => control.zoom(1 / ZOOM)} />
        <Button size="icon-sm" aria-label={t("fit")} icon={<Maximize size={14} aria-hidden />} onClick={control.fitAll} />
      </div>
      {minimap ? <GraphMinimap state={state} times={times} control={control} /> : null}
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
  times: Times | null;
  selectedKey: string | null;
  scale: number;
}

const Content = memo(function Content({ state, marks, times, selectedKey, scale, x, y, width, height }: ContentProps) {
  const { scene, view, boxByKey } = state;
  const outlines = useOutlines(view, scene, times);
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
          <BoxView key={box.key} state={state} box={box} selected={index === selected} marks={marks} times={times} />
        ) : null,
      )}
      <EdgeLayer state={state} window={window} scale={scale} selected={selected} />
      {scene.boxes.map((box) => (box.unfolded && overlaps(box, window) ? <FrameTitle key={box.key} state={state} box={box} /> : null))}
      {scene.boxes.map((box, index) =>
        !box.unfolded && overlaps(box, window) ? (
          <BoxView key={box.key} state={state} box={box} selected={index === selected} marks={marks} times={times} />
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

/** Folds and unfolds a box; what cannot unfold folds what is around it. */
function useToggle(state: SceneState, anchor: RefObject<string | null>): (key: string) => void {
  const { scene, boxByKey, toggle } = state;
  return (key) => {
    const box = scene.boxes[boxByKey.get(key) ?? -1];
    const target = box?.group === null && box.parent !== null ? scene.boxes[box.parent] : box;
    if (target === undefined || target.group === null) return;
    anchor.current = target.key;
    toggle(target.group);
  };
}

/** When something unfolds, the rest makes room. What was unfolded, else what is in the middle of the screen, stays where it is. */
function useAnchor(
  { scene, boxByKey, drawing }: SceneState,
  control: ReturnType<typeof useViewport>,
  anchorRef: RefObject<string | null>,
): void {
  const before = useRef({ scene, drawing });
  const { viewport, screen, shift } = control;
  useLayoutEffect(() => {
    const { scene: old, drawing: oldDrawing } = before.current;
    // Only a new scene moves things: a picture that is moved or resized comes here for nothing.
    if (old === scene) return;
    before.current = { scene, drawing };
    const wanted = anchorRef.current;
    anchorRef.current = null;
    if (oldDrawing !== drawing) return;
    const middle = { x: (screen.width / 2 - viewport.left) / viewport.scale, y: (screen.height / 2 - viewport.top) / viewport.scale };
    const away = ({ x, y, width, height, key }: SceneBox): number =>
      key === wanted ? -1 : Math.hypot(x + width / 2 - middle.x, y + height / 2 - middle.y);
    const kept = old.boxes
      .filter((box) => boxByKey.has(box.key))
      .reduce<SceneBox | null>((best, box) => (best === null || away(box) < away(best) ? box : best), null);
    const after = kept === null ? undefined : scene.boxes[boxByKey.get(kept.key) ?? -1];
    if (kept === null || after === undefined) return;
    // Its middle where only the middle can stay: an unfolded box is wider.
    shift({ x: after.x + after.width / 2 - kept.x - kept.width / 2, y: after.y - kept.y });
  }, [scene, drawing, boxByKey, viewport, screen, shift, anchorRef]);
}

/** Whatever gets selected, by whatever means, is brought onto the screen: once, not again when it moves because something unfolds. */
function useKeepInView({ show, screen }: ReturnType<typeof useViewport>, selected: (Box & { key: string }) | undefined): void {
  const shown = useRef<string | null>(null);
  const ready = screen.width > 0;
  useEffect(() => {
    if (!ready || shown.current === (selected?.key ?? null)) return;
    shown.current = selected?.key ?? null;
    if (selected !== undefined) show(selected);
  }, [selected, ready, show]);
}
