"use client";
import type { OverviewView } from "@flotilla/contracts/views";
import { AppLink, Card, useFormat } from "@flotilla/ui";
import { Sparkline } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";

/** The models at work: where each runs, how fast, and how much it is asked. */
export function ModelTiles({ models }: { models: OverviewView["models"] }) {
  const t = useTranslations("overview.models");
  const format = useFormat();
  if (models.length === 0) return null;
  return (
    <section aria-label={t("title")} className="mt-4 grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      {models.map((model) => (
        <Card
          key={model.id}
          title={
            <AppLink href={`/models/${model.id}`} className="hover:underline">
              {model.name}
            </AppLink>
          }
          aside={model.latencyP95Ms === null ? undefined : t("p95", { value: format.ms(model.latencyP95Ms) })}
        >
          <p className="-mt-2 mb-2 text-muted">{t("runsOn", { count: model.runsOn })}</p>
          <Sparkline values={model.sparkline} label={t("sparkline", { name: model.name })} width={240} height={36} />
        </Card>
      ))}
    </section>
  );
}
