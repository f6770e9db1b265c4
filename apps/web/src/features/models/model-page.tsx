"use client";
import type { ModelView } from "@flotilla/contracts/views";
import { AppLink, Card, CopyText, PageHeader, RelativeTime, Skeleton, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { RenameAndRemove } from "../shell/rename-and-remove.tsx";
import { useSession } from "../shell/session.tsx";
import { UploadButton } from "../uploads/upload-button.tsx";
import { UploadZone } from "../uploads/upload-zone.tsx";

/** A model line: its versions, and the way to a next one. */
export function ModelPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.models.get.queryOptions({ id }));
  useCrumbs(query.data === undefined ? undefined : [{ label: query.data.name }]);
  return (
    <QueryView page query={query} skeleton={<Skeleton className="h-64" />}>
      {(model) => <ModelVersions model={model} />}
    </QueryView>
  );
}

function ModelVersions({ model }: { model: ModelView }) {
  const t = useTranslations("models.line");
  const format = useFormat();
  const session = useSession();
  return (
    <>
      <PageHeader title={model.name} actions={session.can("model:write") ? <ModelActions model={model} /> : undefined}>
        {t("subtitle", { count: model.versions.length })}
      </PageHeader>
      <UploadZone kind="model" targetModelId={model.id} />
      <Card flush>
        <Table label={t("versions")}>
          <thead>
            <tr>
              <Th>{t("version")}</Th>
              <Th numeric>{t("size")}</Th>
              <Th>SHA-256</Th>
              <Th>{t("uploaded")}</Th>
              <Th>{t("by")}</Th>
            </tr>
          </thead>
          <tbody>
            {model.versions.map((version) => (
              <Tr key={version.id}>
                <Td>
                  <AppLink href={`/models/${model.id}/versions/${version.id}`} className="font-semibold hover:underline">
                    {t("versionName", { version: version.version })}
                  </AppLink>
                </Td>
                <Td numeric>{format.bytes(version.sizeBytes)}</Td>
                <Td>
                  <CopyText text={version.sha256} label="SHA-256" />
                </Td>
                <Td className="text-muted">
                  <RelativeTime at={version.createdAt} />
                </Td>
                <Td className="text-muted">{version.createdBy}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Card>
    </>
  );
}

function ModelActions({ model: { id, name, versions } }: { model: ModelView }) {
  const t = useTranslations("models.line");
  const trpc = useTRPC();
  const client = useQueryClient();
  const router = useRouter();
  const renameModel = useMutation(trpc.models.rename.mutationOptions()).mutateAsync;
  const archiveModel = useMutation(trpc.models.archive.mutationOptions()).mutateAsync;
  const refresh = () => client.invalidateQueries(trpc.models.pathFilter());
  return (
    <RenameAndRemove
      name={name}
      rename={{
        label: t("rename"),
        title: t("renameTitle", { name }),
        text: t("renameText"),
        field: t("name"),
        run: async (next) => {
          await renameModel({ id, name: next });
          await refresh();
        },
      }}
      remove={{
        label: t("archive"),
        title: t("archiveTitle", { name }),
        reach: t("archiveReach", { count: versions.length }),
        run: async () => {
          await archiveModel({ id });
          await refresh();
          router.push("/models");
        },
      }}
    >
      <UploadButton kind="model" targetModelId={id} label={t("newVersion")} variant="primary" />
    </RenameAndRemove>
  );
}
