"use client";
import { Button, EmptyState, LinkButton, PageHeader, RadioGroup, Skeleton, SkeletonRows } from "@flotilla/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Waypoints } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { isLive } from "./rollout-states.ts";
import { RolloutTable } from "./rollout-table.tsx";

const filters = ["all", "live", "ended"] as const;

/** All rollouts, newest first, with a bar a stage. */
export function RolloutsPage() {
  const t = useTranslations("rollouts.list");
  const trpc = useTRPC();
  const session = useSession();
  const [filter, setFilter] = useQueryState("show", parseAsStringLiteral(filters).withDefault("all"));
  const query = useInfiniteQuery(trpc.rollouts.list.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextCursor ?? undefined }));
  const mayWrite = session.can("rollout:write");
  return (
    <QueryView page query={query} skeleton={<ListSkeleton />}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        const shown = items.filter(
          (item) =>
            filter === "all" || (filter === "live") === (isLive(item.state) || item.state === "SCHEDULED" || item.state === "DRAFT"),
        );
        const total = pages[0]?.total ?? 0;
        const action = mayWrite ? (
          <LinkButton href="/rollouts/new" variant="primary">
            {t("new")}
          </LinkButton>
        ) : undefined;
        return (
          <>
            <PageHeader title={t("title")} actions={total === 0 ? undefined : action}>
              {t("subtitle", { count: total })}
            </PageHeader>
            {total === 0 ? (
              <EmptyState title={t("empty.title")} icon={<Waypoints size={24} />} action={action}>
                {t("empty.text")}
              </EmptyState>
            ) : (
              <div className="flex flex-col gap-3">
                <RadioGroup
                  label={t("filter.label")}
                  hideLabel
                  layout="segmented"
                  value={filter}
                  onValueChange={(next) => void setFilter(next)}
                  options={filters.map((value) => ({ value, label: t(`filter.${value}`) }))}
                />
                {shown.length === 0 ? (
                  <EmptyState title={t("filteredEmpty")} action={<Button onClick={() => void setFilter(null)}>{t("clear")}</Button>} />
                ) : (
                  <RolloutTable items={shown} />
                )}
                {query.hasNextPage ? (
                  <Button className="self-center" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {t("more")}
                  </Button>
                ) : null}
              </div>
            )}
          </>
        );
      }}
    </QueryView>
  );
}

function ListSkeleton() {
  return (
    <div className="flex flex-col gap-3">
      <Skeleton className="h-7 w-40" />
      <Skeleton className="h-7 w-52" />
      <SkeletonRows />
    </div>
  );
}
