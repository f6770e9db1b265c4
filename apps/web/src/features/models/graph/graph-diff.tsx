"use client";
import { type GraphView, hasGraph } from "@flotilla/contracts";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { type DiffEntry, diffGraphs } from "@flotilla/domain/graph";
import { Button, Card, EmptyState, Field, Select, Switch } from "@flotilla/ui";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsBoolean, parseAsString, useQueryState } from "nuqs";
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from "react";
import { DiffDetails } from "./diff-details.tsx";
import { DiffLegend } from "./diff-legend.tsx";
import { DiffTable } from "./diff-table.tsx";
import { GraphCanvas } from "./graph-canvas.tsx";
import { GraphLoader } from "./graph-loader.tsx";
import { KeyHelp } from "./key-help.tsx";
import { useDiffMarks } from "./use-diff-marks.ts";
import { useDiffSentence } from "./use-diff-sentence.ts";
import { useDiffSelection } from "./use-diff-selection.ts";
import { useGraphView } from "./use-graph-view.ts";
import { useScene } from "./use-scene.ts";

/** What an optimisation made of the graph: the original beside a variant. */
export function GraphDiff({ version }: { version: ModelVersionView }) {
  const t = useTranslations("graph.diff");
  const tGraph = useTranslations("graph");
  const [chosen, setChosen] = useQueryState("graph", parseAsString);
  const source = version.variants.find(({ isSource }) => isSource);
  const others = version.variants.filter(({ isSource }) => !isSource);
  const variant = others.find(({ id }) => id === chosen) ?? others.find(({ id }) => id === version.recommendation?.variantId) ?? others[0];
  if (source === undefined || variant === undefined) {
    return (
      <Card title={t("title")}>
        <EmptyState bare title={t("onlyOriginal")} />
      </Card>
    );
  }
  return (
    <Card title={t("title")} data-testid="graph-diff">
      <div className="flex flex-col gap-3">
        <Field label={t("variant")} className="w-72 max-w-full">
          <Select
            value={variant.id}
            onChange={(event) => void setChosen(event.target.value)}
            options={others.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
        {hasGraph(variant.format) ? (
          <Pair key={variant.id} sourceId={source.id} variantId={variant.id} names={{ source: t("original"), variant: variant.name }} />
        ) : (
          <EmptyState bare title={tGraph("notDrawn", { name: variant.name })}>
            {tGraph("notDrawnText")}
          </EmptyState>
        )}
      </div>
    </Card>
  );
}

interface Names {
  source: string;
  variant: string;
}

function Pair({ sourceId, variantId, names }: { sourceId: string; variantId: string; names: Names }) {
  const source = useGraphView(sourceId);
  const variant = useGraphView(variantId);
  return (
    <GraphLoader query={source} variantId={sourceId}>
      {(sourceView) => (
        <GraphLoader query={variant} variantId={variantId}>
          {(variantView) => <DiffView source={sourceView} variant={variantView} names={names} />}
        </GraphLoader>
      )}
    </GraphLoader>
  );
}

function DiffView({ source, variant, names }: { source: GraphView; variant: GraphView; names: Names }) {
  const t = useTranslations("graph.diff");
  const [onlyDifferences, setOnlyDifferences] = useQueryState("differing", parseAsBoolean.withDefault(false));
  const diff = useMemo(() => diffGraphs(source, variant), [source, variant]);
  const left = useScene(source, "compact");
  const right = useScene(variant, "compact");
  const selection = useDiffSelection(diff, left, right);
  const details = useRef<HTMLElement>(null);
  const leftMarks = useDiffMarks(diff.bySource, left.drawing, onlyDifferences);
  const rightMarks = useDiffMarks(diff.byVariant, right.drawing, onlyDifferences);
  const sentence = useDiffSentence(source, variant, diff);
  const differences = useMemo(() => diff.entries.filter(({ status }) => status !== "kept"), [diff]);
  const walk = (by: 1 | -1) => {
    const at = selection.entry === null ? -1 : differences.indexOf(selection.entry);
    const next = differences[at === -1 ? (by === 1 ? 0 : differences.length - 1) : (at + by + differences.length) % differences.length];
    if (next !== undefined) selection.choose(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLElement && event.target.role === "application" && (event.key === "n" || event.key === "p"))
      walk(event.key === "n" ? 1 : -1);
  };
  const position = selection.entry === null ? -1 : differences.indexOf(selection.entry);
  const shared = { onOpen: () => details.current?.focus(), minimap: false, className: "h-[max(22rem,60dvh)]" };
  return (
    <>
      <p data-testid="diff-sentence">{sentence}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Switch label={t("onlyDifferences")} checked={onlyDifferences} onCheckedChange={(next) => void setOnlyDifferences(next)} />
        {differences.length === 0 ? null : (
          <span className="inline-flex items-center gap-1">
            <Button size="sm" icon={<ArrowUp size={12} aria-hidden />} onClick={() => walk(-1)}>
              {t("previous")}
            </Button>
            <Button size="sm" icon={<ArrowDown size={12} aria-hidden />} onClick={() => walk(1)}>
              {t("next")}
            </Button>
            {position === -1 ? null : (
              <span className="text-muted text-xs tabular-nums">{t("position", { at: position + 1, count: differences.length })}</span>
            )}
          </span>
        )}
        <DiffLegend diff={diff} />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- n and p go through the differences, as the buttons above do */}
      <div className="grid min-w-0 gap-3 lg:grid-cols-2" onKeyDown={onKeyDown}>
        <Pane name={names.source}>
          <GraphCanvas
            {...shared}
            state={left}
            label={t("paneLabel", { name: names.source })}
            marks={leftMarks}
            selectedKey={selection.left}
            onSelect={selection.selectLeft}
          />
        </Pane>
        <Pane name={names.variant}>
          <GraphCanvas
            {...shared}
            state={right}
            label={t("paneLabel", { name: names.variant })}
            marks={rightMarks}
            selectedKey={selection.right}
            onSelect={selection.selectRight}
          />
        </Pane>
      </div>
      {selection.entry === null ? null : <DiffDetails ref={details} entry={selection.entry} source={source} variant={variant} />}
      <KeyHelp differences />
      <DiffTable
        entries={onlyDifferences ? differences : diff.entries}
        source={source}
        variant={variant}
        selected={selection.entry}
        onSelect={(entry: DiffEntry) => selection.choose(entry)}
      />
    </>
  );
}

function Pane({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-medium text-muted text-xs">{name}</h3>
      {children}
    </div>
  );
}
