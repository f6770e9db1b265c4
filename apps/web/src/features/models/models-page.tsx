"use client";
import type { ModelListItem } from "@flotilla/contracts/views";
import { AppLink, Button, Card, RelativeTime, Skeleton, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { Sparkline } from "@flotilla/ui/charts";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsBoolean, useQueryState } from "nuqs";
import { type ReactNode, useDeferredValue } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { SampleButton } from "../uploads/sample-button.tsx";
import { UploadButton } from "../uploads/upload-button.tsx";
import { UploadRoom } from "../uploads/upload-room.tsx";

/** The model lines; drop a file anywhere to begin. */
export function ModelsPage() {
  const t = useTranslations("models.list");
  const trpc = useTRPC();
  const mayWrite = useSession().can("model:write");
  const [search, setSearch] = useQueryState("search", { defaultValue: "" });
  const [asked] = useQueryState("upload", parseAsBoolean.withDefault(false));
  const deferred = useDeferredValue(search.trim());
  const query = useInfiniteQuery(
    trpc.models.list.infiniteQueryOptions(deferred === "" ? {} : { search: deferred }, {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  );
  const nothing = query.data?.pages[0]?.total === 0 && deferred === "";
  const sample = <SampleButton label={t("sample")} samples={[{ sample: "mnist-cnn", label: t("sample") }]} />;
  return (
    <UploadRoom
      kind="model"
      title={t("title")}
      subtitle={t("subtitle")}
      upload={t("upload")}
      sample={sample}
      hint={asked ? <UploadHint sample={sample} /> : null}
      firstUse={
        nothing ? { title: t("empty.title"), text: t(mayWrite ? "empty.text" : "empty.textReader"), icon: <Boxes size={24} /> } : null
      }
      search={{ value: search, onChange: (value) => void setSearch(value), label: t("search") }}
      nothingFound={{ title: t("filteredEmpty", { search: deferred }), clear: t("clear") }}
      query={query}
      skeleton={<ListSkeleton />}
    >
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        return items.length === 0 ? null : (
          <>
            <ModelTable items={items} />
            {query.hasNextPage ? (
              <Button className="self-center" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("more")}
              </Button>
            ) : null}
          </>
        );
      }}
    </UploadRoom>
  );
}

/** For who came here in order to upload. */
function UploadHint({ sample }: { sample: ReactNode }) {
  const t = useTranslations("models.list");
  return (
    <div className="mb-4 flex flex-wrap items-center gap-3 rounded-lg border border-line-strong border-dashed bg-surface p-4">
      <p className="min-w-0 flex-1 text-muted">{t("dropHint")}</p>
      {sample}
      <UploadButton kind="model" label={t("upload")} />
    </div>
  );
}

function ModelTable({ items }: { items: readonly ModelListItem[] }) {
  const t = useTranslations("models.list");
  const tFormats = useTranslations("uploads.verdict.formats");
  const format = useFormat();
  return (
    <Card flush>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("columns.name")}</Th>
            <Th>{t("columns.format")}</Th>
            <Th numeric>{t("columns.versions")}</Th>
            <Th numeric>{t("columns.variants")}</Th>
            <Th numeric>{t("columns.size")}</Th>
            <Th numeric>{t("columns.runsOn")}</Th>
            <Th>{t("columns.inferences")}</Th>
            <Th>{t("columns.updated")}</Th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Tr key={item.id}>
              <Td className="min-w-40">
                <AppLink href={`/models/${item.id}/versions/${item.latestVersionId}`} className="font-semibold hover:underline">
                  {item.name}
                </AppLink>
                <div className="text-muted text-xs">{t(`tasks.${item.task}`)}</div>
              </Td>
              <Td>{tFormats(item.format)}</Td>
              <Td numeric>
                <AppLink href={`/models/${item.id}`} className="text-link">
                  {format.number(item.versionCount)}
                </AppLink>
              </Td>
              <Td numeric>{format.number(item.variantCount)}</Td>
              <Td numeric>{format.bytes(item.sizeBytes)}</Td>
              <Td numeric>{t("devices", { count: item.runsOn })}</Td>
              <Td>
                <Sparkline
                  values={item.inferenceSparkline}
                  label={t("sparkline", { count: item.inferenceSparkline.reduce((sum, value) => sum + value, 0) })}
                />
              </Td>
              <Td className="whitespace-nowrap text-muted">
                <RelativeTime at={item.updatedAt} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function ListSkeleton() {
  return (
    <div className="flex flex-col gap-3">
      <Skeleton className="h-8 w-72" />
      <Skeleton className="h-64" />
    </div>
  );
}
