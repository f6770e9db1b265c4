"use client";
import type { ValidationReport } from "@flotilla/contracts";
import { Card, StateIcon, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { ConfusionMatrix, Histogram } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { Disagreements } from "./disagreements.tsx";
import { PlacementCard, SaturationNotice } from "./placement-card.tsx";
import { SamplePairs } from "./sample-pairs.tsx";
import { TaskMetricsCard } from "./task-metrics.tsx";

export interface ValidationReportProps {
  report: ValidationReport;
  labels: readonly string[];
  modelVersionId: string;
  variantId: string;
}

/** A validation report, laid out: how far the outputs differ, what is confused with what, and on which samples. */
export function ValidationReportView({ report, labels, modelVersionId, variantId }: ValidationReportProps) {
  const t = useTranslations("models.validation");
  const format = useFormat();
  const name = (index: number) => labels[index] ?? String(index);
  const { differenceHistogram: histogram, confusion, accuracy } = report;
  const small = (value: number) => (value === 0 ? "0" : value < 0.001 ? value.toExponential(0) : format.number(value, 4));
  const worst = Math.max(0, ...report.numerics.map((item) => item.maxAbsError));
  return (
    <>
      <p className="text-muted">
        {t("measuredOn", { samples: report.sampleCount, machine: report.machine })}
        {accuracy === null
          ? ""
          : ` ${t("accuracy", { variant: format.percent(accuracy.variant, 2), source: format.percent(accuracy.source, 2), labelled: accuracy.labelled })}`}
        {report.agreement === null ? "" : ` ${t("agreement", { share: format.percent(report.agreement, 2) })}`}
      </p>
      {report.saturation === null || report.saturation === undefined ? null : (
        <SaturationNotice saturation={report.saturation} machine={report.machine} />
      )}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {histogram === null ? null : (
          <Card>
            <Histogram
              title={t("histogram.title")}
              summary={t("histogram.summary", { worst: small(worst) })}
              edges={histogram.edges}
              counts={histogram.counts}
              words={{ from: t("histogram.from"), to: t("histogram.to"), count: t("histogram.count"), axis: t("histogram.axis") }}
              formatEdge={small}
              formatCount={(count) => format.number(count)}
            />
          </Card>
        )}
        <NumericsCard report={report} small={small} />
        {confusion === null ? null : (
          <Card>
            <ConfusionMatrix
              title={t("confusion.title")}
              summary={t("confusion.summary", {
                wrong: confusion.reduce(
                  (sum, row, label) => sum + row.reduce((inner, count, predicted) => inner + (label === predicted ? 0 : count), 0),
                  0,
                ),
              })}
              matrix={confusion}
              labels={confusion.map((_, index) => name(index))}
              words={{ label: t("confusion.label"), predicted: t("confusion.predicted") }}
            />
          </Card>
        )}
        {report.task === null || report.task === undefined ? null : <TaskMetricsCard metrics={report.task} name={name} />}
        <PerClassCard report={report} name={name} />
        {report.placement === null || report.placement === undefined ? null : <PlacementCard placement={report.placement} />}
      </div>
      <SamplePairs report={report} name={name} modelVersionId={modelVersionId} variantId={variantId} />
      <Disagreements report={report} name={name} modelVersionId={modelVersionId} variantId={variantId} />
    </>
  );
}

function NumericsCard({ report, small }: { report: ValidationReport; small: (value: number) => string }) {
  const t = useTranslations("models.validation.numerics");
  const format = useFormat();
  return (
    <Card flush title={t("title")}>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("output")}</Th>
            <Th numeric>{t("max")}</Th>
            <Th numeric>{t("mean")}</Th>
            <Th numeric>{t("cosine")}</Th>
            <Th numeric>{t("sqnr")}</Th>
            <Th>{t("close")}</Th>
          </tr>
        </thead>
        <tbody>
          {report.numerics.map((item) => (
            <Tr key={item.output}>
              <Td className="font-mono text-xs">{item.output}</Td>
              <Td numeric>{small(item.maxAbsError)}</Td>
              <Td numeric>{small(item.meanAbsError)}</Td>
              <Td numeric>{format.number(item.cosine, 5)}</Td>
              <Td numeric>{item.sqnrDb === null ? "–" : `${format.number(item.sqnrDb)} dB`}</Td>
              <Td>
                <span className="inline-flex items-center gap-1.5">
                  <StateIcon kind={item.allClose ? "ok" : "off"} />
                  {t(item.allClose ? "yes" : "no")}
                </span>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function PerClassCard({ report, name }: { report: ValidationReport; name: (index: number) => string }) {
  const t = useTranslations("models.validation.perClass");
  const format = useFormat();
  if (report.perClass.length === 0) return null;
  return (
    <Card flush title={t("title")}>
      <div className="max-h-[480px] overflow-y-auto">
        <Table label={t("title")}>
          <thead>
            <tr>
              <Th>{t("class")}</Th>
              <Th numeric>{t("samples")}</Th>
              <Th numeric>{t("source")}</Th>
              <Th numeric>{t("variant")}</Th>
              <Th numeric>{t("change")}</Th>
            </tr>
          </thead>
          <tbody>
            {report.perClass.map((item) => {
              const points = (item.variant - item.source) * 100;
              return (
                <Tr key={item.index}>
                  <Td>{item.label === "" ? name(item.index) : item.label}</Td>
                  <Td numeric>{format.number(item.count)}</Td>
                  <Td numeric>{format.percent(item.source)}</Td>
                  <Td numeric>{format.percent(item.variant)}</Td>
                  <Td numeric className={points < -0.05 ? "text-bad" : "text-muted"}>
                    {Math.abs(points) < 0.05
                      ? t("same")
                      : t("points", { value: `${points > 0 ? "+" : "−"}${format.number(Math.abs(points))}` })}
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      </div>
    </Card>
  );
}
