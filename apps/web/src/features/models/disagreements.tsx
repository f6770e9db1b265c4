"use client";
import type { ValidationReport } from "@flotilla/contracts";
import { Card } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";

export interface DisagreementsProps {
  report: ValidationReport;
  name: (index: number) => string;
  modelVersionId: string;
  variantId: string;
}

/** The samples on which original and variant say different things, as pictures. */
export function Disagreements({ report, name, modelVersionId, variantId }: DisagreementsProps) {
  const t = useTranslations("models.validation.disagreements");
  const trpc = useTRPC();
  const jobs = useQuery(trpc.jobs.list.queryOptions({ modelVersionId }));
  // Newest first: the job that wrote the report that is shown.
  const dataSetId = jobs.data?.find((job) => job.variantId === variantId && job.state === "SUCCEEDED")?.testDataSetId ?? null;
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
                {dataSetId === null ? null : (
                  // The picture comes from the session's own API at its own size; an optimiser in between would only blur it.
                  // oxlint-disable-next-line nextjs/no-img-element
                  <img
                    src={`/api/data-sets/${dataSetId}/samples/${item.sample}.png`}
                    alt={words}
                    loading="lazy"
                    className="mb-1 aspect-square w-full rounded-sm bg-sunken object-contain [image-rendering:pixelated]"
                  />
                )}
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
