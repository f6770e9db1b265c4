"use client";
import type { LineageView, ModelVersionView } from "@flotilla/contracts/views";
import { Card, Skeleton, useFormat } from "@flotilla/ui";
import { ChartFigure } from "@flotilla/ui/charts";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { LineagePicture } from "./lineage-picture.tsx";

/** How a file became what devices run: recipes, variants, releases, devices. */
export function LineageTab({ version }: { version: ModelVersionView }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.models.lineage.queryOptions({ id: version.id }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-96" />}>
      {(lineage) => <Lineage lineage={lineage} address={`/models/${version.modelId}/versions/${version.id}`} />}
    </QueryView>
  );
}

function Lineage({ lineage, address }: { lineage: LineageView; address: string }) {
  const t = useTranslations("models.lineage");
  const tFormats = useTranslations("models.variantFormats");
  const format = useFormat();
  const { file, conversion, variants, releases, runsOn } = lineage;
  const nameOf = new Map(variants.map((variant) => [variant.id, variant.name]));
  const devices = runsOn.reduce((sum, { deviceCount }) => sum + deviceCount, 0);
  const rows = [
    [t("kinds.file"), file.name, t("from", { person: file.createdBy, at: format.dateTime(file.createdAt) }), file.sha256.slice(0, 12)],
    ...(conversion === null
      ? []
      : [
          [
            t("kinds.conversion"),
            t("toOnnx"),
            t("nodes", { before: conversion.nodesBefore, after: conversion.nodesAfter, time: format.ms(conversion.seconds * 1000) }),
            t(conversion.check.passed === null ? "checks.unproved" : conversion.check.passed ? "checks.proved" : "checks.wrong"),
          ],
        ]),
    ...variants.map((variant) => [
      t("kinds.variant"),
      `${variant.name} · ${tFormats(variant.format)}`,
      variant.isSource ? t(conversion === null ? "asUploaded" : "asConverted") : variant.recipe.passes.map(({ pass }) => pass).join(" → "),
      variant.sha256.slice(0, 12),
    ]),
    ...releases.map((release) => [
      t("kinds.release"),
      release.name,
      t("holds", { list: format.list(release.variantIds.map((id) => nameOf.get(id) ?? id)) }),
      t(`states.${release.state}`),
    ]),
    ...runsOn.map(({ releaseId, variantId, deviceCount }) => [
      t("kinds.devices"),
      t("devices", { count: deviceCount }),
      releases.find(({ id }) => id === releaseId)?.name ?? "",
      nameOf.get(variantId ?? "") ?? "",
    ]),
  ];
  return (
    <Card>
      <ChartFigure
        title={t("title")}
        summary={t("summary", {
          file: file.name,
          person: file.createdBy,
          date: format.date(file.createdAt),
          variants: variants.length,
          releases: releases.length,
          devices,
        })}
        table={{
          columns: [
            { label: t("columns.kind") },
            { label: t("columns.name") },
            { label: t("columns.origin") },
            { label: t("columns.detail") },
          ],
          rows,
        }}
      >
        <LineagePicture lineage={lineage} address={address} />
      </ChartFigure>
    </Card>
  );
}
