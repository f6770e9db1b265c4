"use client";
import type { Recipe } from "@flotilla/contracts";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { Button, Card, EmptyState, Skeleton, useFormat } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { JobList } from "../jobs/job-list.tsx";
import { SearchPanel } from "../search/search-panel.tsx";
import { DownloadButtons } from "../shell/download-buttons.tsx";
import { useSession } from "../shell/session.tsx";
import { useRecommendation } from "./use-recommendation.ts";
import { VariantBars } from "./variant-bars.tsx";
import { VariantFile } from "./variant-file.tsx";
import { NUMBERS_HEADER, numberRows, numbersOf, pointsOf } from "./variant-numbers.ts";
import { VariantPlot } from "./variant-plot.tsx";
import { VariantTable } from "./variant-table.tsx";

export interface VariantsTabProps {
  version: ModelVersionView;
  onOptimise: () => void;
  onRelease: (variantId: string) => void;
}

const ActivationsCard = dynamic(() => import("./activations-card.tsx").then((module) => module.ActivationsCard), {
  loading: () => <Skeleton className="h-80" />,
});

/** Whether it was made with ranges of activations to look at. */
const calibrated = (recipe: Recipe) => recipe.passes.some(({ pass }) => pass === "int8-static");

/** Which variant is small and fast enough, and still right? The plot, the table, the bars of the chosen one, and the jobs that make them. */
export function VariantsTab({ version, onOptimise, onRelease }: VariantsTabProps) {
  const t = useTranslations("models.variants");
  const trpc = useTRPC();
  const session = useSession();
  const format = useFormat();
  const jobs = useQuery(trpc.jobs.list.queryOptions({ modelVersionId: version.id }));
  const [selectedId, setSelected] = useQueryState("variant", parseAsString);
  const recommend = useRecommendation();
  const numbers = numbersOf(version.variants);
  const recommendedId = version.recommendation?.kind === "smallest-within-gates" ? version.recommendation.variantId : null;
  const points = pointsOf(numbers, recommendedId);
  const selected = numbers.find((item) => item.variant.id === (selectedId ?? version.recommendation?.variantId)) ?? numbers[0];
  const machine = version.variants.find((variant) => variant.report !== null)?.report?.machine;
  // A search stands above everything: until it is known whether there is one, nothing is shown that it would push away.
  if (jobs.isPending) return <Skeleton className="min-h-screen" />;
  return (
    <div className="flex flex-col gap-4">
      {jobs.data === undefined ? null : <SearchPanel version={version} jobs={jobs.data} />}
      <div className="grid items-start gap-4 xl:grid-cols-[1.1fr_1fr]">
        <Card>
          {points.length > 1 ? (
            <VariantPlot
              points={points}
              formatOf={(id) => version.variants.find((variant) => variant.id === id)?.format ?? "onnx"}
              selectedId={selected?.variant.id ?? null}
              onSelect={(id) => void setSelected(id)}
              machine={machine ?? ""}
            />
          ) : (
            <EmptyState
              bare
              title={t("nothing.title")}
              action={
                session.can("job:write") ? (
                  <Button variant="primary" onClick={onOptimise}>
                    {t("nothing.action")}
                  </Button>
                ) : undefined
              }
            >
              {t("nothing.text", { size: format.bytes(version.inspection.sizeBytes) })}
            </EmptyState>
          )}
        </Card>
        <Card
          flush
          title={recommend.title(version)}
          data-testid="recommendation"
          aside={
            <DownloadButtons
              label={t("download")}
              fileName={`${version.modelName}-${version.version}-variants`}
              header={NUMBERS_HEADER}
              rows={() => numberRows(numbers)}
              json={() =>
                numbers.map(({ variant: { id, name, format: fileFormat, sha256, recipe, tensors }, ...measured }) => {
                  return { id, name, format: fileFormat, sha256, recipe, tensors, ...measured };
                })
              }
            />
          }
        >
          <p className="px-4 pb-3 text-muted">{recommend.sentence(version)}</p>
          <VariantTable
            numbers={numbers}
            recommendedId={recommendedId}
            selectedId={selected?.variant.id ?? null}
            onSelect={(id) => void setSelected(id)}
          />
        </Card>
      </div>
      {selected?.variant.report === null || selected === undefined ? null : (
        <VariantBars variant={selected.variant} report={selected.variant.report} {...(session.can("release:write") ? { onRelease } : {})} />
      )}
      {selected === undefined ? null : <VariantFile variant={selected.variant} />}
      {selected === undefined || !calibrated(selected.variant.recipe) ? null : (
        <ActivationsCard
          key={selected.variant.id}
          variant={selected.variant}
          fileName={`${version.modelName}-${version.version}-${selected.variant.name}-activations`}
        />
      )}
      {jobs.data === undefined || jobs.data.length === 0 ? null : (
        <Card flush title={t("jobs")}>
          <JobList jobs={jobs.data} />
        </Card>
      )}
    </div>
  );
}
