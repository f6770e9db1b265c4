"use client";
import type { SearchFindings } from "@flotilla/contracts";
import { Chip, useFormat } from "@flotilla/ui";
import { ChartFigure } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { DownloadButtons } from "../shell/download-buttons.tsx";
import { LAYER_HEADER, layerRows, type RankedLayer, rankLayers } from "./search-rows.ts";
import { floatLayersOf } from "./use-recipe-text.ts";

/** More bars than this are a wall; the table has them all. */
const SHOWN = 15;

/** Which layers lose the most when they are quantised? Ranked bars; those that the recommended candidate leaves in float are marked. */
export function SensitivityChart({ findings, fileName }: { findings: SearchFindings; fileName: string }) {
  const t = useTranslations("search.sensitivity");
  const format = useFormat();
  const chosen = findings.verdict?.candidate ?? null;
  const recipe = chosen === null ? undefined : findings.candidates[chosen]?.recipe;
  const layers = rankLayers(findings.sensitivity, recipe === undefined ? [] : floatLayersOf(recipe));
  const [worst] = layers;
  const decibels = (value: number | null) => (value === null ? "–" : `${format.number(value)} dB`);
  return (
    <ChartFigure
      title={t("title")}
      summary={
        worst === undefined
          ? ""
          : t("summary", {
              layer: worst.layer,
              share: format.percent(worst.share, 0),
              count: layers.length,
              inFloat: layers.filter(({ inFloat }) => inFloat).length,
            })
      }
      legend={
        <DownloadButtons label={t("title")} fileName={fileName} header={LAYER_HEADER} rows={() => layerRows(layers)} json={() => layers} />
      }
      table={{
        columns: [
          { label: t("layer") },
          { label: t("operator") },
          { label: t("parameters"), numeric: true },
          { label: t("share"), numeric: true },
          { label: t("outputSqnr"), numeric: true },
          { label: t("layerSqnr"), numeric: true },
          { label: t("numbers") },
        ],
        rows: layers.map((row) => [
          row.layer,
          row.opType,
          format.number(row.parameters),
          format.percent(row.share),
          decibels(row.outputSqnrDb),
          decibels(row.layerSqnrDb),
          t(row.inFloat ? "inFloat" : "inIntegers"),
        ]),
      }}
    >
      <ol className="flex list-none flex-col gap-1.5 p-0" data-testid="sensitivity">
        {layers.slice(0, SHOWN).map((row) => (
          <Bar key={row.layer} row={row} most={worst?.share ?? 1} decibels={decibels(row.outputSqnrDb)} />
        ))}
      </ol>
      {layers.length > SHOWN ? <p className="text-muted text-xs">{t("more", { count: layers.length - SHOWN })}</p> : null}
    </ChartFigure>
  );
}

function Bar({ row, most, decibels }: { row: RankedLayer; most: number; decibels: string }) {
  const t = useTranslations("search.sensitivity");
  const format = useFormat();
  const width = most === 0 ? 0 : (100 * row.share) / most;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 text-xs sm:grid-cols-[minmax(0,16rem)_minmax(0,1fr)_9rem]">
      <span className="flex min-w-0 items-center gap-2">
        <span className="truncate font-mono" title={row.layer}>
          {row.layer}
        </span>
        <span className="shrink-0 text-muted">{row.opType}</span>
        {row.inFloat ? <Chip>{t("inFloat")}</Chip> : null}
      </span>
      <span aria-hidden className="order-last col-span-2 h-2.5 overflow-hidden rounded-sm bg-line sm:order-none sm:col-span-1">
        <span className={`block h-full rounded-sm ${row.inFloat ? "bg-off" : "bg-accent"}`} style={{ width: `${width}%` }} />
      </span>
      <span className="whitespace-nowrap text-right tabular-nums">
        {format.percent(row.share)} · {decibels}
      </span>
    </li>
  );
}
