"use client";
import type { SearchFindings } from "@flotilla/contracts";
import type { SearchView } from "@flotilla/contracts/views";
import { useFormat } from "@flotilla/ui";
import { ParetoPlot, type ParetoPoint } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { useGoalVerdict } from "../models/use-goal-verdict.ts";
import { budgetOf } from "./goal-limits.ts";
import { useRecipeText } from "./use-recipe-text.ts";

export interface CandidatePlotProps {
  search: SearchView;
  findings: SearchFindings;
  /** Index of a candidate. */
  selected: number | null;
  onSelect: (index: number | null) => void;
}

const SOURCE = "source";

/** Every candidate as it was measured, beside the original, with the goal as lines. Each is called by its number in the table. */
export function CandidatePlot({ search, findings, selected, onSelect }: CandidatePlotProps) {
  const t = useTranslations("search.plot");
  const format = useFormat();
  const sayRecipe = useRecipeText();
  const judge = useGoalVerdict();
  const { source, candidates, verdict, metric } = findings;
  const recommended = verdict === null || verdict.outcome === "nothing" ? null : verdict.candidate;
  const names = new Map(candidates.map(({ recipe }, index) => [String(index), sayRecipe(recipe)]));
  const nameOf = (id: string) => names.get(id) ?? t("original");
  const points: ParetoPoint[] = candidates.flatMap(({ measured }, index) =>
    measured === null || measured.latencyMs === null
      ? []
      : [
          {
            id: String(index),
            label: String(index + 1),
            sizeBytes: measured.sizeBytes,
            latencyMs: measured.latencyMs,
            agreement: measured.score,
            recommended: index === recommended,
          },
        ],
  );
  if (source.latencyMs !== null)
    points.push({ id: SOURCE, label: t("original"), sizeBytes: source.sizeBytes, latencyMs: source.latencyMs, agreement: source.score });
  const scoreOf = ({ agreement }: ParetoPoint) => format.percent(agreement ?? 0, 2);
  const goal = budgetOf(search.goal, source);
  const meeting = candidates.filter(({ meets }) => meets).length;
  return (
    <ParetoPlot
      title={t("title")}
      summary={t("summary", { count: candidates.length, meeting })}
      legend={t("legend")}
      points={points}
      budget={goal}
      words={{
        sizeAxis: t("sizeAxis"),
        latencyAxis: t(search.measuredOnTarget ? "latencyAxis" : "latencyEstimate", { machine: findings.machine }),
        meetsGoal: t("meetsGoal"),
      }}
      format={{ size: format.bytes, latency: (ms) => format.number(ms, 3) }}
      describe={(point) =>
        t("point", {
          number: point.id === SOURCE ? "–" : point.label,
          name: nameOf(point.id),
          size: format.bytes(point.sizeBytes),
          latency: format.ms(point.latencyMs),
          metric,
          score: scoreOf(point),
        })
      }
      tip={(point) => ({
        title: point.id === SOURCE ? nameOf(point.id) : `${point.label} ${nameOf(point.id)}`,
        facts: [
          { label: t("size"), value: format.bytes(point.sizeBytes) },
          { label: t("latency"), value: format.ms(point.latencyMs) },
          { label: t(`metrics.${metric}`), value: scoreOf(point) },
        ],
        ...judge(point, goal),
      })}
      selectedId={selected === null ? null : String(selected)}
      onSelect={(id) => onSelect(id === SOURCE ? null : Number(id))}
      table={{
        columns: [
          { label: t("number") },
          { label: t("candidate") },
          { label: t("size"), numeric: true },
          { label: t("latency"), numeric: true },
          { label: t(`metrics.${metric}`), numeric: true },
        ],
        rows: points.map((point) => [
          point.id === SOURCE ? "–" : point.label,
          nameOf(point.id),
          format.bytes(point.sizeBytes),
          format.ms(point.latencyMs),
          scoreOf(point),
        ]),
      }}
    />
  );
}
