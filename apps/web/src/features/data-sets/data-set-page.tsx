"use client";
import type { DataSetView } from "@flotilla/contracts/views";
import { Button, Card, Chip, Facts, PageHeader, RelativeTime, Skeleton, useFormat } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { RenameAndRemove } from "../shell/rename-and-remove.tsx";
import { useSession } from "../shell/session.tsx";

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
  return (
    <>
      <PageHeader
        title={set.name}
        chips={<Chip>{t(`kinds.${set.kind}`)}</Chip>}
        actions={session.can("data-set:write") ? <DataSetActions set={set} /> : undefined}
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

/** Images always, several arrays never; an array where a sample is [height, width] or has 1 or 3 channels last. */
export function isPicture(set: Pick<DataSetView, "kind" | "sampleShape">): boolean {
  if (set.kind === "npz") return false;
  const [, , channels] = set.sampleShape;
  return set.kind === "images" || set.sampleShape.length === 2 || (set.sampleShape.length === 3 && (channels === 1 || channels === 3));
}

function DataSetActions({ set: { id, name, sampleCount, sizeBytes } }: { set: DataSetView }) {
  const t = useTranslations("dataSets.one");
  const format = useFormat();
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const renameDataSet = useMutation(trpc.dataSets.rename.mutationOptions()).mutateAsync;
  const deleteDataSet = useMutation(trpc.dataSets.delete.mutationOptions()).mutateAsync;
  return (
    <RenameAndRemove
      name={name}
      rename={{
        label: t("rename"),
        title: t("renameTitle", { name }),
        field: t("name"),
        run: async (next) => {
          await renameDataSet({ id, name: next });
          await client.invalidateQueries(trpc.dataSets.pathFilter());
        },
      }}
      remove={{
        label: t("delete"),
        title: t("deleteTitle", { name }),
        reach: t("deleteReach", { count: sampleCount, size: format.bytes(sizeBytes) }),
        run: async () => {
          await deleteDataSet({ id });
          router.push("/data-sets");
          await client.invalidateQueries(trpc.dataSets.list.pathFilter());
        },
      }}
    />
  );
}
