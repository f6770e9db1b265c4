"use client";
import type { DataSetView } from "@flotilla/contracts/views";
import {
  Button,
  Card,
  Chip,
  ConfirmDialog,
  Dialog,
  Facts,
  Field,
  Input,
  Notice,
  PageHeader,
  RelativeTime,
  Skeleton,
  useFormat,
} from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

const PER_PAGE = 48;

/** One data set: what is in it, with its pictures. */
export function DataSetPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.dataSets.get.queryOptions({ id }));
  useCrumbs(query.data === undefined ? undefined : [{ label: query.data.name }]);
  return (
    <QueryView page query={query} skeleton={<Skeleton className="h-96" />}>
      {(set) => <DataSet set={set} />}
    </QueryView>
  );
}

function DataSet({ set }: { set: DataSetView }) {
  const t = useTranslations("dataSets.one");
  const format = useFormat();
  const session = useSession();
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  return (
    <>
      <PageHeader
        title={set.name}
        chips={<Chip>{t(`kinds.${set.kind}`)}</Chip>}
        actions={
          session.can("data-set:write") ? (
            <>
              <Button variant="danger-outline" onClick={() => setDialog("delete")}>
                {t("delete")}
              </Button>
              <Button onClick={() => setDialog("rename")}>{t("rename")}</Button>
            </>
          ) : undefined
        }
      >
        {t("uploaded")} <RelativeTime at={set.createdAt} />
      </PageHeader>
      <div className="flex flex-col gap-4">
        <Card>
          <Facts
            items={[
              { label: t("samples"), value: format.number(set.sampleCount) },
              { label: t("shape"), value: set.sampleShape.join(" × ") },
              { label: t("size"), value: format.bytes(set.sizeBytes) },
              { label: t("labels"), value: set.labelled ? t("classes", { count: set.classCount }) : t("unlabelled") },
              ...(set.classNames.length === 0 ? [] : [{ label: t("classNames"), value: set.classNames.join(", ") }]),
            ]}
          />
        </Card>
        <Samples set={set} />
      </div>
      {dialog === "rename" ? <RenameDialog set={set} onClose={() => setDialog(null)} /> : null}
      {dialog === "delete" ? <DeleteDialog set={set} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

function Samples({ set }: { set: DataSetView }) {
  const t = useTranslations("dataSets.one");
  const [page, setPage] = useQueryState("page", parseAsInteger.withDefault(0));
  const pages = Math.max(1, Math.ceil(set.sampleCount / PER_PAGE));
  const first = Math.min(Math.max(0, page), pages - 1) * PER_PAGE;
  const indices = Array.from({ length: Math.min(PER_PAGE, set.sampleCount - first) }, (_, index) => first + index);
  if (!isPicture(set)) return null;
  return (
    <Card
      title={t("pictures")}
      aside={
        <span className="inline-flex items-center gap-2">
          {t("range", { from: first, to: first + indices.length - 1, total: set.sampleCount })}
          <Button size="sm" disabled={first === 0} onClick={() => void setPage(page - 1)}>
            {t("previous")}
          </Button>
          <Button size="sm" disabled={first + PER_PAGE >= set.sampleCount} onClick={() => void setPage(page + 1)}>
            {t("next")}
          </Button>
        </span>
      }
    >
      <ul className="grid list-none grid-cols-[repeat(auto-fill,minmax(72px,1fr))] gap-2 p-0">
        {indices.map((index) => (
          <li key={index}>
            {/* oxlint-disable-next-line nextjs/no-img-element -- the session's own API; an optimiser in between would only blur it */}
            <img
              src={`/api/data-sets/${set.id}/samples/${index}.png`}
              alt={t("sample", { index })}
              loading="lazy"
              className="aspect-square w-full rounded-sm bg-sunken object-contain [image-rendering:pixelated]"
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Images always; an array where a sample is [height, width] or has 1 or 3 channels last. */
export function isPicture(set: Pick<DataSetView, "kind" | "sampleShape">): boolean {
  const [, , channels] = set.sampleShape;
  return set.kind === "images" || set.sampleShape.length === 2 || (set.sampleShape.length === 3 && (channels === 1 || channels === 3));
}

function RenameDialog({ set, onClose }: { set: DataSetView; onClose: () => void }) {
  const t = useTranslations("dataSets.one");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [name, setName] = useState(set.name);
  const rename = useMutation(
    trpc.dataSets.rename.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.dataSets.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("renameTitle", { name: set.name })}
      footer={
        <Button
          variant="primary"
          disabled={name.trim() === ""}
          pending={rename.isPending}
          onClick={() => rename.mutate({ id: set.id, name: name.trim() })}
        >
          {t("rename")}
        </Button>
      }
    >
      <Field label={t("name")}>
        <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
      </Field>
      {rename.error === null ? null : (
        <Notice kind="bad" className="mt-3">
          {say(rename.error)}
        </Notice>
      )}
    </Dialog>
  );
}

function DeleteDialog({ set, onClose }: { set: DataSetView; onClose: () => void }) {
  const t = useTranslations("dataSets.one");
  const format = useFormat();
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const remove = useMutation(trpc.dataSets.delete.mutationOptions());
  const confirm = async () => {
    await remove.mutateAsync({ id: set.id });
    router.push("/data-sets");
    await client.invalidateQueries(trpc.dataSets.list.pathFilter());
  };
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("deleteTitle", { name: set.name })}
      reach={t("deleteReach", { count: set.sampleCount, size: format.bytes(set.sizeBytes) })}
      confirmLabel={t("delete")}
      onConfirm={confirm}
    />
  );
}
