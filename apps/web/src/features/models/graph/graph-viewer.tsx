"use client";
import type { GraphView } from "@flotilla/contracts";
import type { VariantDetailView } from "@flotilla/contracts/views";
import { Button, Switch } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsString, useQueryState } from "nuqs";
import { useMemo, useRef } from "react";
import { type CanvasHandle, GraphCanvas } from "./graph-canvas.tsx";
import { GraphDetails } from "./graph-details.tsx";
import { GraphLegend } from "./graph-legend.tsx";
import { GraphSearch } from "./graph-search.tsx";
import { GraphSummary } from "./graph-summary.tsx";
import { GraphTable } from "./graph-table.tsx";
import { HeatLegend } from "./heat-legend.tsx";
import { KeyHelp } from "./key-help.tsx";
import { useScene } from "./use-scene.ts";
import { useSelection } from "./use-selection.ts";

export interface GraphViewerProps {
  view: GraphView;
  label: string;
  /** Of what is saved, without its ending. */
  fileName: string;
  /** What was measured of it; absent until it is here. */
  detail: VariantDetailView | undefined;
}

/** One graph: the picture, what is selected in it, and the same as a table. */
export function GraphViewer({ view, label, fileName, detail }: GraphViewerProps) {
  const t = useTranslations("graph");
  const [asNodes, setAsNodes] = useQueryState("qdq", parseAsBoolean.withDefault(false));
  const [key, setKey] = useQueryState("node", parseAsString);
  const [showTimes, setShowTimes] = useQueryState("times", parseAsBoolean.withDefault(false));
  const state = useScene(view, asNodes ? "full" : "compact", detail?.nodeTimes ?? null);
  const selectedKey = useSelection(state, key);
  const canvas = useRef<CanvasHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const details = useRef<HTMLElement>(null);
  const box = selectedKey === null ? undefined : state.scene.boxes[state.boxByKey.get(selectedKey) ?? -1];
  const nodes = useMemo(
    () => view.nodes.flatMap((node, index) => (state.drawing === view.compact && node.foldedInto !== undefined ? [] : index)),
    [view, state.drawing],
  );
  const folds = state.drawing.groups.length > 1;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <GraphSearch
          ref={search}
          view={view}
          onChoose={(node) => {
            void setKey(state.reveal(node));
            canvas.current?.focus();
          }}
        />
        {view.full === null ? null : <Switch label={t("asNodes")} checked={asNodes} onCheckedChange={(next) => void setAsNodes(next)} />}
        {state.times === null ? null : (
          <Switch label={t("times.show")} checked={showTimes} onCheckedChange={(next) => void setShowTimes(next)} />
        )}
        {folds ? (
          <span className="flex gap-2">
            <Button size="sm" onClick={state.unfoldAll}>
              {t("unfoldAll")}
            </Button>
            <Button size="sm" onClick={state.foldAll}>
              {t("foldAll")}
            </Button>
          </span>
        ) : null}
      </div>
      <div className="grid min-w-0 gap-3 lg:grid-cols-[minmax(0,1fr)_320px]">
        <GraphCanvas
          ref={canvas}
          state={state}
          label={label}
          selectedKey={selectedKey}
          times={showTimes ? state.times : null}
          onSelect={(next) => void setKey(next)}
          onOpen={() => details.current?.focus()}
          onSearch={() => search.current?.focus()}
          className="h-[max(24rem,calc(100dvh-19rem))]"
        />
        {/* Beside the picture it is as high as the picture and scrolls; below it, on a phone, it takes a part of the screen. */}
        <div className="min-h-0 lg:relative">
          <div className="flex max-h-[60dvh] *:flex-1 lg:absolute lg:inset-0 lg:max-h-none">
            {box === undefined ? (
              <GraphSummary state={state} nodes={nodes} onSelect={(node) => void setKey(state.reveal(node))} />
            ) : (
              <GraphDetails
                ref={details}
                state={state}
                box={box}
                activations={detail?.activations ?? null}
                onSelect={(next) => void setKey(next)}
                onClose={() => {
                  void setKey(null);
                  canvas.current?.focus();
                }}
              />
            )}
          </div>
        </div>
      </div>
      <GraphLegend view={view} nodes={nodes} />
      {showTimes && state.times !== null ? <HeatLegend times={state.times} /> : null}
      <KeyHelp />
      <GraphTable
        view={view}
        nodes={nodes}
        costs={state.costs}
        times={state.times}
        fileName={fileName}
        selected={box?.item.kind === "node" ? box.item.node : null}
        onSelect={(node) => void setKey(state.reveal(node))}
      />
    </div>
  );
}
