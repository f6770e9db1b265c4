"use client";
import type { DataSetView } from "@flotilla/contracts/views";
import {
  AppLink,
  Button,
  Card,
  EmptyState,
  Input,
  Menu,
  MenuItem,
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
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Database } from "lucide-react";
import { useTranslations } from "next-intl";
import { useQueryState } from "nuqs";
import { useCallback, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { DropAnywhere } from "../uploads/drop-anywhere.tsx";
import { FilePicker } from "../uploads/file-picker.tsx";
import { accepts, UploadPanel } from "../uploads/upload-panel.tsx";
import { useUploads } from "../uploads/uploads-provider.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

/** Images and arrays to calibrate and to test with. */
export function DataSetsPage() {
  const t = useTranslations("dataSets.list");
  const tUploads = useTranslations("uploads");
  const trpc = useTRPC();
  const session = useSession();
  const mayWrite = session.can("data-set:write");
  const { start } = useUploads();
  const query = useQuery(trpc.dataSets.list.queryOptions());
  const [samples, setSamples] = useState<readonly string[]>([]);
  const [search, setSearch] = useQueryState("search", { defaultValue: "" });
  const send = useCallback((files: File[]) => files.forEach((file) => start(file, { kind: "data-set" })), [start]);
  const sampleMenu = <SampleMenu onStarted={(id) => setSamples((current) => [id, ...current])} />;
  const picker = <FilePicker accept={accepts["data-set"]} label={t("upload")} variant="primary" onFiles={send} />;
  const empty = query.data?.length === 0;
  return (
    <>
      {mayWrite ? <DropAnywhere onFiles={send}>{tUploads("drop.data-set")}</DropAnywhere> : null}
      <PageHeader
        title={t("title")}
        actions={
          mayWrite && !empty ? (
            <>
              {sampleMenu}
              {picker}
            </>
          ) : undefined
        }
      >
        {t("subtitle")}
      </PageHeader>
      <UploadPanel kind="data-set" extra={samples} />
      <QueryView query={query} skeleton={<Skeleton className="h-64" />}>
        {(sets) => {
          if (sets.length === 0) {
            return (
              <EmptyState
                title={t("empty")}
                icon={<Database size={24} />}
                action={
                  mayWrite ? (
                    <div className="flex flex-wrap justify-center gap-2">
                      {sampleMenu}
                      {picker}
                    </div>
                  ) : undefined
                }
              >
                {t("emptyText")}
              </EmptyState>
            );
          }
          const shown = sets.filter((set) => set.name.toLowerCase().includes(search.trim().toLowerCase()));
          return (
            <div className="flex flex-col gap-3">
              <Input
                type="search"
                aria-label={t("search")}
                placeholder={t("search")}
                className="max-w-72"
                value={search}
                onChange={(event) => void setSearch(event.target.value === "" ? null : event.target.value)}
              />
              {shown.length === 0 ? (
                <EmptyState title={t("filteredEmpty")} action={<Button onClick={() => void setSearch(null)}>{t("clear")}</Button>} />
              ) : (
                <DataSetTable sets={shown} />
              )}
            </div>
          );
        }}
      </QueryView>
    </>
  );
}

function DataSetTable({ sets }: { sets: readonly DataSetView[] }) {
  const t = useTranslations("dataSets.list");
  const format = useFormat();
  return (
    <Card flush>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("columns.name")}</Th>
            <Th>{t("columns.kind")}</Th>
            <Th numeric>{t("columns.samples")}</Th>
            <Th>{t("columns.shape")}</Th>
            <Th>{t("columns.labels")}</Th>
            <Th numeric>{t("columns.size")}</Th>
            <Th>{t("columns.uploaded")}</Th>
          </tr>
        </thead>
        <tbody>
          {sets.map((set) => (
            <Tr key={set.id}>
              <Td>
                <AppLink href={`/data-sets/${set.id}`} className="font-semibold hover:underline">
                  {set.name}
                </AppLink>
              </Td>
              <Td>{t(`kinds.${set.kind}`)}</Td>
              <Td numeric>{format.number(set.sampleCount)}</Td>
              <Td>{set.sampleShape.join(" × ")}</Td>
              <Td>{set.labelled ? t("classes", { count: set.classCount }) : t("unlabelled")}</Td>
              <Td numeric>{format.bytes(set.sizeBytes)}</Td>
              <Td className="text-muted">
                <RelativeTime at={set.createdAt} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function SampleMenu({ onStarted }: { onStarted: (uploadId: string) => void }) {
  const t = useTranslations("dataSets.list");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const mutation = useMutation(
    // A procedure whose name begins like a hook.
    // oxlint-disable-next-line react/hooks
    trpc.uploads.useSample.mutationOptions({
      onSuccess: async ({ uploadId }) => {
        onStarted(uploadId);
        await Promise.all([client.invalidateQueries(trpc.uploads.pathFilter()), client.invalidateQueries(trpc.dataSets.pathFilter())]);
      },
      onError: (error) => toast.error(say(error)),
    }),
  );
  return (
    <Menu trigger={<Button pending={mutation.isPending}>{t("sample")}</Button>}>
      <MenuItem onSelect={() => mutation.mutate({ sample: "mnist-test" })}>{t("sampleTest")}</MenuItem>
      <MenuItem onSelect={() => mutation.mutate({ sample: "mnist-calibration" })}>{t("sampleCalibration")}</MenuItem>
    </Menu>
  );
}
