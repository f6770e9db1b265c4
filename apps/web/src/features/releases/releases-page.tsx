"use client";
import { PageHeader, SkeletonRows } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { ReleaseTable } from "./release-table.tsx";

/** Every release, newest first. */
export function ReleasesPage() {
  const t = useTranslations("releases.list");
  const trpc = useTRPC();
  const query = useQuery(trpc.releases.list.queryOptions({}));
  return (
    <>
      <PageHeader title={t("title")}>{t("subtitle")}</PageHeader>
      <QueryView query={query} skeleton={<SkeletonRows />}>
        {(releases) => <ReleaseTable releases={releases} withModel emptyHint={t("emptyText")} />}
      </QueryView>
    </>
  );
}
