"use client";
import type { TaskMetrics } from "@flotilla/contracts";
import { Card, Facts, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What the task's own measure says, the variant against its source model. */
export function TaskMetricsCard({ metrics, name }: { metrics: TaskMetrics; name: (index: number) => string }) {
  const t = useTranslations("models.validation.task");
  const format = useFormat();
  const percent = (value: number) => format.percent(value, 2);
  switch (metrics.task) {
    case "detection":
      return (
        <Card title={t("detection")}>
          <Facts
            items={[
              { label: t("matched"), value: t("matchedOf", { matched: metrics.matchedCount, source: metrics.sourceCount }) },
              { label: t("invented"), value: format.number(metrics.variantCount - metrics.matchedCount) },
              { label: t("overlap"), value: percent(metrics.meanIou) },
              { label: t("map"), value: metrics.meanAveragePrecision === null ? "–" : percent(metrics.meanAveragePrecision) },
            ]}
          />
        </Card>
      );
    case "regression":
      return (
        <Card title={t("regression")}>
          <Facts
            items={[
              { label: t("mae"), value: format.number(metrics.mae, 5) },
              { label: t("rmse"), value: format.number(metrics.rmse, 5) },
              { label: t("relative"), value: metrics.relativeRmse === null ? "–" : percent(metrics.relativeRmse) },
            ]}
          />
        </Card>
      );
    case "sequence":
      return (
        <Card title={t("sequence")}>
          <Facts
            items={[
              { label: t("equal"), value: t("ofSamples", { share: percent(metrics.equalShare), samples: metrics.sampleCount }) },
              { label: t("characterErrors"), value: percent(metrics.characterErrorRate) },
            ]}
          />
        </Card>
      );
    default:
      return (
        <Card flush title={t("segmentation", { iou: percent(metrics.meanIou), pixels: percent(metrics.pixelAgreement) })}>
          <div className="max-h-[480px] overflow-y-auto">
            <Table label={t("perClass")}>
              <thead>
                <tr>
                  <Th>{t("class")}</Th>
                  <Th numeric>{t("iou")}</Th>
                  <Th numeric>{t("sourcePixels")}</Th>
                  <Th numeric>{t("variantPixels")}</Th>
                </tr>
              </thead>
              <tbody>
                {metrics.perClass.map((row) => (
                  <Tr key={row.index}>
                    <Td>{name(row.index)}</Td>
                    <Td numeric>{percent(row.iou)}</Td>
                    <Td numeric>{format.number(row.sourcePixels)}</Td>
                    <Td numeric>{format.number(row.variantPixels)}</Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </div>
        </Card>
      );
  }
}
