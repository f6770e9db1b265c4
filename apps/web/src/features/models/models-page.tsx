"use client";
import type { ModelListItem } from "@flotilla/contracts/views";
import {
  AppLink,
  Button,
  Card,
  EmptyState,
  Input,
  PageHeader,
  RelativeTime,
  Skeleton,
  Table,
  Td,
  Th,
  Tr,
  toast,
  useFormat,
} from "@flotilla/ui";
import { Sparkline } from "@flotilla/ui/charts";
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Boxes, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useCallback, useDeferredValue, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { DropAnywhere } from "../uploads/drop-anywhere.tsx";
import { FilePicker } from "../uploads/file-picker.tsx";
import { accepts, UploadPanel } from "../uploads/upload-panel.tsx";
import { useUploads } from "../uploads/uploads-provider.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

/** The model lines; drop a file anywhere to begin. */
export function ModelsPage() {
  const t = useTranslations("models.list");
  const tUploads = useTranslations("uploads");
  const trpc = useTRPC();
  const session = useSession();
  const mayWrite = session.can("model:write");
  const { start } = useUploads();
  const [search, setSearch] = useQueryState("search", { defaultValue: "" });
  const [asked] = useQueryState("upload", parseAsBoolean.withDefault(false));
  const deferred = useDeferredValue(search.trim());
  const [samples, setSamples] = useState<readonly string[]>([]);
  const query = useInfiniteQuery(
    trpc.models.list.infiniteQueryOptions(deferred === "" ? {} : { search: deferred }, {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  );
  const send = useCallback((files: File[]) => files.forEach((file) => start(file, { kind: "model" })), [start]);
  const sample = useSampleModel((id) => setSamples((current) => [id, ...current]));
  const total = query.data?.pages[0]?.total ?? 0;
  const firstUse = query.data !== undefined && total === 0 && deferred === "";
  const picker = <FilePicker accept={accepts.model} label={t("upload")} variant="primary" onFiles={send} />;
  const sampleButton = (
    <Button onClick={sample.use} pending={sample.pending}>
      {t("sample")}
    </Button>
  );
  return (
    <>
      {mayWrite ? <DropAnywhere onFiles={send}>{tUploads("drop.model")}</DropAnywhere> : null}
      <PageHeader title={t("title")} actions={mayWrite && !firstUse ? picker : undefined}>
        {t("subtitle")}
      </PageHeader>
      {mayWrite && asked && !firstUse ? (
        <div className="mb-4 flex flex-wrap items-center gap-3 rounded-lg border border-line-strong border-dashed bg-surface p-4">
          <p className="min-w-0 flex-1 text-muted">{t("dropHint")}</p>
          {sampleButton}
          <FilePicker accept={accepts.model} label={t("upload")} onFiles={send} />
        </div>
      ) : null}
      <UploadPanel kind="model" extra={samples} />
      <QueryView query={query} skeleton={<ListSkeleton />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (firstUse) {
            return (
              <EmptyState
                title={t("empty.title")}
                icon={<Boxes size={24} />}
                action={
                  mayWrite ? (
                    <div className="flex flex-wrap justify-center gap-2">
                      {sampleButton}
                      {picker}
                    </div>
                  ) : undefined
                }
              >
                {t(mayWrite ? "empty.text" : "empty.textReader")}
              </EmptyState>
            );
          }
          return (
            <div className="flex flex-col gap-3">
              <label className="relative w-72 max-w-full">
                <span className="sr-only">{t("search")}</span>
                <Search size={14} aria-hidden className="absolute top-2 left-2 text-faint" />
                <Input
                  type="search"
                  className="pl-7"
                  placeholder={t("search")}
                  value={search}
                  onChange={(event) => void setSearch(event.target.value === "" ? null : event.target.value)}
                />
              </label>
              {items.length === 0 ? (
                <EmptyState
                  title={t("filteredEmpty", { search: deferred })}
                  action={<Button onClick={() => void setSearch(null)}>{t("clear")}</Button>}
                />
              ) : (
                <ModelTable items={items} />
              )}
              {query.hasNextPage ? (
                <Button className="self-center" pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("more")}
                </Button>
              ) : null}
            </div>
          );
        }}
      </QueryView>
    </>
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

function useSampleModel(onStarted: (uploadId: string) => void): { use: () => void; pending: boolean } {
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const mutation = useMutation(
    // A procedure whose name begins like a hook.
    // oxlint-disable-next-line react/hooks
    trpc.uploads.useSample.mutationOptions({
      onSuccess: async ({ uploadId }) => {
        onStarted(uploadId);
        await Promise.all([client.invalidateQueries(trpc.uploads.pathFilter()), client.invalidateQueries(trpc.models.pathFilter())]);
      },
      onError: (error) => toast.error(say(error)),
    }),
  );
  return { use: () => mutation.mutate({ sample: "mnist-cnn" }), pending: mutation.isPending };
}

function ListSkeleton() {
  return (
    <div className="flex flex-col gap-3">
      <Skeleton className="h-8 w-72" />
      <Skeleton className="h-64" />
    </div>
  );
}
