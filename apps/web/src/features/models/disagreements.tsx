"use client";
import type { ValidationReport } from "@flotilla/contracts";
import { Card } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { SamplePicture } from "./sample-picture.tsx";
import { useReportDataSet } from "./use-report-data-set.ts";

export interface DisagreementsProps {
  report: ValidationReport;
  name: (index: number) => string;
  modelVersionId: string;
  variantId: string;
}

/** The samples on which original and variant say different things, as pictures. */
export function Disagreements({ report, name, modelVersionId, variantId }: DisagreementsProps) {
  const t = useTranslations("models.validation.disagreements");
  const dataSetId = useReportDataSet(modelVersionId, variantId);
  return (
    <Card title={t("title")} aside={t("count", { count: report.disagreements.length })}>
      {report.disagreements.length === 0 ? (
        <p className="text-muted">{t("none")}</p>
      ) : (
        <ul className="grid list-none grid-cols-[repeat(auto-fill,minmax(104px,1fr))] gap-3 p-0">
          {report.disagreements.map((item) => {
            const words = t("alt", {
              sample: item.sample,
              label: item.label === null ? "–" : name(item.label),
              source: name(item.source),
              variant: name(item.variant),
            });
            return (
              <li key={item.sample} className="rounded-md border p-2 text-xs">
                <SamplePicture dataSetId={dataSetId} sample={item.sample} alt={words} />
                <div className="text-muted">{t("sample", { sample: item.sample })}</div>
                {item.label === null ? null : <div>{t("label", { name: name(item.label) })}</div>}
                <div className={item.label === item.source ? "text-ok" : "text-text"}>{t("source", { name: name(item.source) })}</div>
                <div className={item.label !== null && item.label !== item.variant ? "text-bad" : "text-text"}>
                  {t("variant", { name: name(item.variant) })}
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
