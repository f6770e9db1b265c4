"use client";
import type { VariantFormat } from "@flotilla/contracts";
import { useFormat } from "@flotilla/ui";
import { meetsBudget, type ParetoBudget, ParetoPlot, type ParetoPoint } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { parseAsFloat, useQueryStates } from "nuqs";
import { BudgetField } from "./budget-field.tsx";
import { spanOfShares, spanUpTo } from "./slider-span.ts";
import { useGoalVerdict } from "./use-goal-verdict.ts";

export interface VariantPlotProps {
  points: ParetoPoint[];
  formatOf: (id: string) => VariantFormat;
  selectedId: string | null;
  onSelect: (id: string) => void;
  /** Which CPU measured it. */
  machine: string;
}

/** Size, latency and agreement of all variants, with budgets that are typed or pulled and live in the address. */
export function VariantPlot({ points, formatOf, selectedId, onSelect, machine }: VariantPlotProps) {
  const t = useTranslations("models.plot");
  const tFormats = useTranslations("models.variantFormats");
  const format = useFormat();
  const judge = useGoalVerdict();
  const [typed, setTyped] = useQueryStates({ kb: parseAsFloat, ms: parseAsFloat, agreement: parseAsFloat.withDefault(99) });
  const budget: ParetoBudget = {
    maxSizeBytes: typed.kb === null ? null : typed.kb * 1000,
    maxLatencyMs: typed.ms,
    minAgreement: typed.agreement <= 0 ? null : typed.agreement / 100,
  };
  const fitting = points.filter((point) => meetsBudget(point, budget)).length;
  const agreementOf = (point: ParetoPoint) => (point.agreement === null ? t("notMeasured") : format.percent(point.agreement, 2));
  return (
    <div>
      <ParetoPlot
        title={t("title")}
        summary={t("meets", { count: fitting, total: points.length })}
        legend={t("legend", { share: format.percent(budget.minAgreement ?? 0) })}
        points={points}
        budget={budget}
        words={{ sizeAxis: t("sizeAxis"), latencyAxis: t("latencyAxis", { machine }), meetsGoal: t("meetsGoal") }}
        format={{ size: format.bytes, latency: (ms) => format.number(ms, 3) }}
        describe={(point) =>
          t("point", {
            name: point.label,
            size: format.bytes(point.sizeBytes),
            latency: format.ms(point.latencyMs),
            agreement: agreementOf(point),
          })
        }
        tip={(point) => ({
          title: point.label,
          facts: [
            { label: t("format"), value: tFormats(formatOf(point.id)) },
            { label: t("size"), value: format.bytes(point.sizeBytes) },
            { label: t("latency"), value: format.ms(point.latencyMs) },
            { label: t("agreement"), value: agreementOf(point) },
          ],
          ...judge(point, budget),
        })}
        selectedId={selectedId}
        onSelect={onSelect}
        table={{
          columns: [
            { label: t("variant") },
            { label: t("format") },
            { label: t("size"), numeric: true },
            { label: t("latency"), numeric: true },
            { label: t("agreement"), numeric: true },
          ],
          rows: points.map((point) => [
            point.label,
            tFormats(formatOf(point.id)),
            format.bytes(point.sizeBytes),
            format.ms(point.latencyMs),
            agreementOf(point),
          ]),
        }}
      />
      <fieldset className="mt-3 flex flex-wrap items-end gap-x-6 gap-y-3 border-t pt-3">
        <legend className="sr-only">{t("budgets")}</legend>
        <BudgetField
          label={t("atMostSize")}
          unit="kB"
          kind="most"
          value={typed.kb}
          onChange={(kb) => void setTyped({ kb })}
          {...spanUpTo(points.map((point) => point.sizeBytes / 1000))}
        />
        <BudgetField
          label={t("atMostLatency")}
          unit="ms"
          kind="most"
          value={typed.ms}
          onChange={(ms) => void setTyped({ ms })}
          {...spanUpTo(points.map((point) => point.latencyMs))}
        />
        <BudgetField
          label={t("atLeastAgreement")}
          unit="%"
          kind="least"
          value={typed.agreement <= 0 ? null : typed.agreement}
          onChange={(agreement) => void setTyped({ agreement: agreement ?? 0 })}
          {...spanOfShares(points.flatMap((point) => point.agreement ?? []))}
        />
      </fieldset>
    </div>
  );
}
