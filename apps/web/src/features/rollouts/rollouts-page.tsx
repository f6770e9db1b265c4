"use client";
import type { RolloutListItem } from "@flotilla/contracts/views";
import {
  AppLink,
  Button,
  Card,
  EmptyState,
  LinkButton,
  PageHeader,
  RadioGroup,
  RelativeTime,
  Skeleton,
  StateChip,
  Table,
  Td,
  Th,
  Tr,
  useFormat,
} from "@flotilla/ui";
import { StageTrack } from "@flotilla/ui/charts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Waypoints } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { isLive, rolloutKind, stageKind } from "./rollout-states.ts";
import { useSentence } from "./use-sentence.ts";

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

function RolloutTable({ items }: { items: readonly RolloutListItem[] }) {
  const t = useTranslations("rollouts.list");
  return (
    <Card flush>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("columns.name")}</Th>
            <Th>{t("columns.state")}</Th>
            <Th className="w-64">{t("columns.stages")}</Th>
            <Th numeric>{t("columns.devices")}</Th>
            <Th>{t("columns.started")}</Th>
            <Th className="w-[34%]">{t("columns.why")}</Th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <RolloutRow key={item.id} item={item} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function RolloutRow({ item }: { item: RolloutListItem }) {
  const t = useTranslations("rollouts");
  const format = useFormat();
  const sentence = useSentence();
  return (
    <Tr>
      <Td className="min-w-48">
        <AppLink href={`/rollouts/${item.id}`} className="font-semibold hover:underline">
          {item.name}
        </AppLink>
        <div className="text-muted text-xs">
          {item.releaseName} → {item.groupName}
        </div>
      </Td>
      <Td>
        <StateChip kind={rolloutKind[item.state]}>{t(`states.${item.state}`)}</StateChip>
      </Td>
      <Td className="min-w-40">
        <StageTrack
          compact
          label={t("list.columns.stages")}
          stages={item.stages.map((stage, index) => ({
            id: String(index),
            name: stage.name,
            count: t("list.stageCount", { done: stage.succeeded, total: stage.total }),
            state: t(`list.stageStates.${stage.state}`),
            tone: stageKind[stage.state],
            succeeded: stage.succeeded,
            failed: stage.failed,
            busy: 0,
            total: stage.total,
          }))}
        />
      </Td>
      <Td numeric>
        {t("list.progress", { succeeded: format.number(item.succeededCount), total: format.number(item.deviceCount) })}
        {item.failedCount > 0 ? <div className="text-bad text-xs">{t("list.failed", { count: item.failedCount })}</div> : null}
      </Td>
      <Td className="whitespace-nowrap text-muted">
        {item.startedAt === null ? t("list.notStarted") : <RelativeTime at={item.startedAt} />}
      </Td>
      <Td className="min-w-56 text-muted">{item.why === null ? "" : sentence(item.why)}</Td>
    </Tr>
  );
}

function ListSkeleton() {
  return (
    <div className="flex flex-col gap-3">
      <Skeleton className="h-7 w-40" />
      <Skeleton className="h-7 w-52" />
      <Skeleton className="h-64" />
    </div>
  );
}
